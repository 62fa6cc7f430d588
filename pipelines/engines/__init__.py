"""The engines that run the pipelines' SQL. Only these modules name one."""
