// Copies the absolute address of the page; where the browser does not let it, shows the address to be copied by hand.

export default function ({ data, parentElement }) {
  const place = parentElement.querySelector(".rtu-link");
  const [button, said, field] = place.children;
  button.textContent = data.copy;
  button.title = data.help;
  field.setAttribute("aria-label", data.copy);
  const address = `${location.origin}${location.pathname}?${data.parameters}`;
  if (place.dataset.copied !== address) {
    said.textContent = "";
    field.hidden = true;
  }
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(address);
      said.textContent = data.copied;
      field.hidden = true;
    } catch {
      said.textContent = data.by_hand;
      field.value = address;
      field.hidden = false;
      field.select();
    }
    place.dataset.copied = address;
  };
}
