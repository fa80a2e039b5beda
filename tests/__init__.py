"""Tests of histshell; each folder mirrors a part of it, `prompt` types at real prompts."""
