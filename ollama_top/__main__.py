"""`python -m ollama_top`."""

from ollama_top.cli import main

if __name__ == "__main__":
    main()
