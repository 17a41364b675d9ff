# The disks scratch and input: what the agent does with them at boot, at `hello` and before the stage `checkout`. Calls the
# kernel itself: under emulation each program that is started costs more than all of this.
use strict;

my $MKNOD      = 133;      # <asm/unistd_64.h>
my $MOUNT      = 165;
my $SETXATTR   = 188;
my $UNSHARE    = 272;
my $NEWNS      = 0x20000;  # <linux/sched.h>
my $BLKFLSBUF  = 0x1261;   # <linux/fs.h>
my $O_EXCL     = 0200;     # <asm-generic/fcntl.h>
my $EBUSY      = 16;       # <asm-generic/errno-base.h>
my $S_IFCHR    = 020000;   # <linux/stat.h>
my $MS_RDONLY  = 1;        # <linux/mount.h>
my $MS_NOATIME = 1024;
my $MS_BIND    = 4096;
my $MS_MOVE    = 8192;
my $MS_REC     = 16384;
my $LABEL      = 'peer-scratch';
my $LABEL_AT   = 1144;     # in ext4's superblock
my $SCRATCH    = '/run/peer/scratch';
my $FRESH      = "$SCRATCH/fresh";
my $INPUT      = '/run/peer/input';
my $GUEST      = '/run/peer/guest';
my $REHEARSAL  = "$SCRATCH/rehearsal";
my $OUTSIDE    = '/run/outside';
my %device;      # of a disk by its serial
my $attached;    # whether the scratch disk is mounted
my $no_input;    # whether the root is made without the disk `input`

# Gives a blank disk a file system with the directories that a run begins with; a disk that was used before stays as it
# is. The kernel forgets what it read of the disk: a clone of this machine may have another one.
sub make_scratch {
    my $disk = disk_named('scratch');
    open my $file, '<', $disk or die "$disk: $!\n";
    seek $file, $LABEL_AT, 0;
    read $file, my $label, length $LABEL;
    close $file;
    return if $label eq $LABEL;

    # No journal: the disk outlives a machine only after an orderly end. The inode tables stay unwritten until used.
    command('/sbin/mke2fs', '-q', '-F', '-t', 'ext4', '-L', $LABEL, '-m', '0', '-G', '256',
        '-O', '^has_journal,^resize_inode,^metadata_csum,uninit_bg', '-E', 'lazy_itable_init=1,nodiscard', $disk);
    mount_scratch($disk);
    make_kept();
    make_fresh();
    command('busybox', 'umount', $SCRATCH);
}

sub make_kept { make_directory("$SCRATCH/$_") for qw(kept kept/containers kept/cache) }

# Mounts the scratch disk, once.
sub attach_scratch {
    mount_scratch(disk_named('scratch')) unless $attached;
    $attached = 1;
}

# Of a disk that was used before, `kept` stays, podman's store and the cache, and `fresh` is made anew.
sub clear_scratch {
    if (-d "$FRESH/upper/etc") {
        # What is old is removed when the disk is kept again: else it goes with this machine.
        rename $FRESH, "$SCRATCH/old." . random_uuid() or die "$FRESH: $!\n";
        make_fresh();
    }
}

# Has this process write to memory of its own instead of /run, and to a blank scratch disk: a directory of the one that
# there is, or without disks memory, too. What others have in /run/peer is at $OUTSIDE; a first rehearsal leaves the
# container's filter there, later ones take it.
sub enter_rehearsal {
    my ($with_disks) = @_;
    $no_input = !$with_disks;
    syscall($UNSHARE, $NEWNS) == 0 or die "unshare: $!\n";
    mount_at('tmpfs', '/mnt', 'tmpfs', 0, '');
    make_directory("/mnt/$_") for qw(outside peer peer/scratch);
    bind_at('/run/peer', '/mnt/outside');
    if ($with_disks) {
        make_directory($REHEARSAL);
        bind_at($REHEARSAL, '/mnt/peer/scratch');
    }
    write_file('/mnt/resolv.conf', read_file('/run/resolv.conf'));
    write_file('/mnt/peer/filter', read_file('/run/peer/filter')) if -e '/run/peer/filter';
    mount_at('/mnt', '/run', '', $MS_MOVE, '');
    make_kept();
    make_fresh();
}

# What one has left on the scratch disk.
sub remove_rehearsal { remove($REHEARSAL) }

sub keep_outside {
    my ($name) = @_;
    write_file("$OUTSIDE/$name", read_file("/run/peer/$name")) unless -e "$OUTSIDE/$name";
}

# The kernel forgets what a rehearsal read of the disk. Its mounts go a moment after its last process.
sub forget_input {
    my $disk = disk_named('input');
    my $file;
    until (sysopen $file, $disk, $O_EXCL) {
        $! == $EBUSY or die "$disk: $!\n";
        select undef, undef, undef, 0.01;
    }
    ioctl $file, $BLKFLSBUF, 0 or die "$disk: $!\n";
}

# Builds the guest's root at /mnt and enters it: the read-only root and the revision's files below, the scratch disk above.
# It is one mount, within which all files can be renamed: what the tests made becomes an artifact without being copied.
sub enter_root {
    make_directory($_) for $GUEST, $INPUT;
    bind_at('/', $GUEST);
    mount_at(disk_named('input'), $INPUT, 'erofs', $MS_RDONLY | $MS_NOATIME, '') unless $no_input;
    # Directories can be renamed as elsewhere, and all files are on one device.
    mount_at('overlay', '/mnt', 'overlay', $MS_NOATIME,
        "redirect_dir=on,xino=on,lowerdir=$INPUT:$GUEST,upperdir=$FRESH/upper,workdir=$FRESH/workdir");
    mount_at("/$_", "/mnt/$_", '', $MS_BIND | $MS_REC, '') for qw(dev proc sys run);
    symlink '/ci', '/run/ci' or die "/run/ci: $!\n";
    bind_at("$SCRATCH/kept/cache",      '/mnt/ci/cache');
    bind_at("$SCRATCH/kept/containers", '/mnt/var/lib/containers');
    bind_at("$FRESH/tmp",               '/mnt/tmp');
    bind_at("$FRESH/var-tmp",           '/mnt/var/tmp');
    bind_at('/usr/lib/peer/images',     '/mnt/usr/lib/peer/images');
    write_file('/mnt/etc/machine-id', random_uuid() =~ tr/-//dr . "\n");
    # What is new on the disk is seen by comparison with these.
    my $images = "$SCRATCH/kept/containers/storage/overlay-images/images.json";
    write_file('/run/peer/images.before', read_file($images)) if -e $images;
    # Its time may be ahead: the clock was set after the disk was made.
    chmod((stat "$SCRATCH/kept/cache")[2] & 07777, "$SCRATCH/kept/cache") or die "$SCRATCH/kept/cache: $!\n";
    write_file('/run/peer/attached', '');

    chdir '/mnt' or die "/mnt: $!\n";
    mount_at('.', '/', '', $MS_MOVE, '');
    chroot '.' or die "chroot: $!\n";
    chdir '/';
}

sub mount_scratch {
    my ($disk) = @_;
    mkdir $SCRATCH;
    mount_at($disk, $SCRATCH, 'ext4', $MS_NOATIME, 'nobarrier,noinit_itable,discard');
}

sub bind_at {
    my ($from, $to) = @_;
    mount_at($from, $to, '', $MS_BIND, '');
}

sub mount_at {
    my ($from, $to, $type, $flags, $options) = @_;
    syscall($MOUNT, $from, $to, $type, $flags, $options) == 0 or die "mount $from at $to: $!\n";
}

# What a run finds empty. It is marked so that the overlay takes /work for the directory /tree of the disk input, renamed,
# and the names at the root of that disk for removed.
sub make_fresh {
    make_directory($FRESH);
    make_directory("$FRESH/$_") for qw(upper workdir tmp var-tmp container container/upper container/work);
    make_directory("$FRESH/upper/$_") for qw(work ci ci/cache ci/env ci/artifacts);
    chmod 01777, "$FRESH/tmp", "$FRESH/var-tmp";
    my ($redirect, $tree) = ('trusted.overlay.redirect', '/tree');
    syscall($SETXATTR, "$FRESH/upper/work", $redirect, $tree, length $tree, 0) == 0 or die "$FRESH/upper/work: $!\n";
    for (qw(tree submodules conversions)) {
        syscall($MKNOD, "$FRESH/upper/$_", $S_IFCHR, 0) == 0 or die "$FRESH/upper/$_: $!\n";
    }
}

sub make_directory {
    my ($name) = @_;
    mkdir $name or die "$name: $!\n";
}

# The device of the disk with this serial: the same in every clone of this machine, so the disks are asked only once.
sub disk_named {
    my ($name) = @_;
    find_disks() unless %device;
    return $device{$name} // die "no disk named $name\n";
}

sub find_disks {
    opendir my $disks, '/sys/block' or die "/sys/block: $!\n";
    for my $disk (grep { /^vd/ } readdir $disks) {
        $device{$1} = "/dev/$disk" if read_file("/sys/block/$disk/serial") =~ /^(\w+)$/;
    }
}

sub random_uuid { return read_file('/proc/sys/kernel/random/uuid') =~ s/\n//r }

sub read_file {
    my ($name) = @_;
    open my $file, '<', $name or die "$name: $!\n";
    local $/;
    return <$file> // '';
}

sub write_file {
    my ($name, $content) = @_;
    open my $file, '>', $name or die "$name: $!\n";
    print $file $content;
    close $file or die "$name: $!\n";
}

1;
