# Run as root in a guest that does nothing else: builds what container images begin with. podman keeps the layers, and
# finds them again by their instructions. They can copy nothing: what they are built in has no files.
base-image:V:
	podman build --file Containerfile empty
