"""The measures, one SQL file each: its head is the published definition, its body what runs."""
