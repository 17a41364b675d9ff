package dev.peer.vm.qemu;

import dev.peer.core.scratch.ScratchDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Finds out whether KVM runs guest code here.
 *
 * <p>That {@code /dev/kvm} opens says little: under some hypervisors a machine can be made and its
 * code never runs. So a boot sector is run that writes a number to a port, and QEMU must exit with
 * that number. The answer is remembered for a build of QEMU and a host kernel.
 */
public final class AcceleratorProbe {

  private static final Path KVM = Path.of("/dev/kvm");
  private static final int BOOT_SECTOR_BYTES = 512;
  private static final int WRITTEN = 0x15;

  /** isa-debug-exit makes QEMU exit with twice the number plus one. */
  private static final int EXPECTED_EXIT = WRITTEN * 2 + 1;

  /** Much longer than it takes: a host that was busy once must not emulate from then on. */
  private static final long LIMIT_SECONDS = 20;

  /** mov al,0x15; mov dx,0xf4; out dx,al; hlt; jmp back to hlt. */
  private static final String CODE = "b015baf400eef4ebfd";

  private final QemuAnswers answers;
  private final Path scratch;

  /**
   * A probe that remembers.
   *
   * @param memory the directory for its answers
   * @param scratch the directory for its temporary files
   */
  public AcceleratorProbe(Path memory, Path scratch) {
    this.answers = new QemuAnswers(memory);
    this.scratch = scratch;
  }

  /** The best accelerator that runs guest code. */
  public Accelerator best(Qemu qemu) throws IOException, InterruptedException {
    if (!Files.isReadable(KVM) || !Files.isWritable(KVM)) {
      return Accelerator.TCG;
    }
    String asked =
        String.join(
            " ",
            qemu.build(),
            System.getProperty("os.version"),
            String.valueOf(qemu.user(Accelerator.KVM)),
            String.valueOf(Files.getAttribute(KVM, "unix:mode")));
    Optional<Boolean> found = answers.find("kvm", asked);
    if (found.isEmpty()) {
      found = Optional.of(runsGuestCode(qemu));
      answers.remember("kvm", asked, found.get());
    }
    return found.get() ? Accelerator.KVM : Accelerator.TCG;
  }

  private boolean runsGuestCode(Qemu qemu) throws IOException, InterruptedException {
    try (ScratchDirectory directory = ScratchDirectory.in(scratch)) {
      Path disk = directory.path().resolve("boot");
      Files.write(disk, bootSector());
      HostFiles files = new HostFiles(qemu.user(Accelerator.KVM));
      Process process =
          qemu.start(arguments(files.read(disk)), files, directory.path(), new Tail());
      try {
        return process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)
            && process.exitValue() == EXPECTED_EXIT;
      } finally {
        process.destroyForcibly();
        process.waitFor();
      }
    }
  }

  private static List<String> arguments(Path disk) {
    return List.of(
        "-nodefaults",
        "-no-user-config",
        "-no-reboot",
        "-sandbox",
        QemuArguments.SANDBOX,
        "-display",
        "none",
        "-machine",
        "q35,accel=kvm",
        "-cpu",
        "host",
        "-m",
        "32M",
        "-device",
        "isa-debug-exit,iobase=0xf4,iosize=0x04",
        "-drive",
        "file=" + QemuArguments.escaped(disk) + ",format=raw,if=virtio,readonly=on");
  }

  private static byte[] bootSector() {
    byte[] code = HexFormat.of().parseHex(CODE);
    byte[] sector = Arrays.copyOf(code, BOOT_SECTOR_BYTES);
    sector[BOOT_SECTOR_BYTES - 2] = 0x55;
    sector[BOOT_SECTOR_BYTES - 1] = (byte) 0xaa;
    return sector;
  }
}
