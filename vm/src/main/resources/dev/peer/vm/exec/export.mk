# Run as root in a guest that starts from a kept disk, whose `fresh` the agent has put aside: leaves on the disk what may
# move to other machines. No file of the disk is executed.
scratch=/run/peer/scratch
storage=/run/peer/scratch/kept/containers/storage

prepare-runtime:V:
	set -eu
	# What the last run wrote outside of container images, among it what it changed of the checkout; secrets of podman.
	rm -rf $scratch/old.* $storage/secrets
	# The caches, except those that the mkfile of the last run named in shared-caches.
	if [ -s shared-caches ]; then
	    . /usr/lib/peer/caches.sh
	    unshared $scratch/kept/cache shared-caches >/run/peer/to-remove
	    (cd $scratch/kept/cache && xargs -0 rm -rf -- </run/peer/to-remove)
	    key=$(find $scratch/kept/cache -type f \( -name 'ssh_host_*_key' -o -path '*/.ssh/id_*' -o -name .netrc \
	        -o -name .git-credentials -o -path '*/.docker/config.json' -o -path '*/containers/auth.json' \) -print -quit)
	    if [ -n "$key" ]; then
	        echo "a shared cache has the file /var/run/ci/cache${key#$scratch/kept/cache}" >&2
	        exit 1
	    fi
	else
	    find $scratch/kept/cache -mindepth 1 -delete
	fi
	# An image that was made with an id of its machine would give it to each machine.
	rm -f $storage/overlay/*/diff/etc/machine-id $storage/overlay/*/diff/var/lib/dbus/machine-id
	# Of this machine, which is made for this alone.
	rm -f $scratch/fresh/upper/etc/machine-id
	for key in $storage/overlay/*/diff/etc/ssh/ssh_host_*_key $storage/overlay/*/diff/root/.ssh/id_* \
	    $storage/overlay/*/diff/root/.netrc $storage/overlay/*/diff/root/.git-credentials \
	    $storage/overlay/*/diff/root/.docker/config.json $storage/overlay/*/diff/root/.config/containers/auth.json; do
	    if [ -f "$key" ]; then
	        echo "a container image has the file /${key#*/diff/}" >&2
	        exit 1
	    fi
	done
