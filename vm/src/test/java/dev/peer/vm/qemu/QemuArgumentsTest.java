package dev.peer.vm.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.Architecture;
import dev.peer.core.id.Digest;
import dev.peer.core.network.Reach;
import dev.peer.vm.image.GuestImage;
import dev.peer.vm.image.GuestVersions;
import dev.peer.vm.network.NetworkRules;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class QemuArgumentsTest {

  @Test
  void sealsTheMachine() {
    List<String> arguments = QemuArguments.of(spec(Accelerator.TCG, "/run/a"));

    assertThat(arguments)
        .contains("-nodefaults", "-no-user-config", "-no-reboot")
        .containsSequence("-display", "none")
        .containsSequence(
            "-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
  }

  @Test
  void givesTheMachineItsShape() {
    assertThat(QemuArguments.of(spec(Accelerator.TCG, "/run/a")))
        .containsSequence("-machine", "pc-q35-7.2,memory-backend=ram")
        .containsSequence("-object", "memory-backend-ram,id=ram,size=512M")
        .containsSequence("-smp", "3")
        .containsSequence("-m", "512M")
        .containsSequence("-append", "quiet panic=-1")
        .containsSequence("-accel", "tcg,thread=multi,tb-size=256")
        .containsSequence("-cpu", "max,erms=off,fsrm=off");
    assertThat(QemuArguments.of(spec(Accelerator.KVM, "/run/a")))
        .containsSequence("-accel", "kvm")
        .containsSequence("-cpu", "host");
  }

  @Test
  void namesDisksBySerialAndReportsTheirErrors() {
    List<String> arguments = QemuArguments.of(spec(Accelerator.TCG, "/run/a"));

    assertThat(arguments)
        .contains(
            "{\"driver\":\"raw\",\"node-name\":\"root\",\"read-only\":true,"
                + "\"file\":{\"driver\":\"file\",\"filename\":\"/images/i/root.erofs\"}}",
            "virtio-blk-pci,drive=root,serial=root,rerror=stop",
            "{\"driver\":\"raw\",\"node-name\":\"scratch\",\"read-only\":false,"
                + "\"discard\":\"unmap\",\"cache\":{\"no-flush\":true},"
                + "\"file\":{\"driver\":\"file\",\"filename\":\"/run/a/scratch\"}}",
            "virtio-blk-pci,drive=scratch,serial=scratch,rerror=stop,werror=stop");
  }

  @Test
  void putsALayerOverABaseAndAnotherBesideIt() {
    MachineSpec.LayeredDisk disk =
        new MachineSpec.LayeredDisk(
            "scratch", Optional.of(Path.of("/kept")), Path.of("/run/one"), Path.of("/run/two"));
    List<String> arguments = QemuArguments.of(spec(Accelerator.TCG, "/run/a", disk));

    assertThat(arguments)
        .contains(
            "{\"driver\":\"qcow2\",\"node-name\":\"scratch\",\"read-only\":false,"
                + "\"discard\":\"unmap\",\"cache\":{\"no-flush\":true},"
                + "\"file\":{\"driver\":\"file\",\"filename\":\"/run/one\"},"
                + "\"backing\":{\"driver\":\"qcow2\",\"node-name\":\"scratch-base\","
                + "\"read-only\":true,\"file\":{\"driver\":\"file\",\"filename\":\"/kept\"},"
                + "\"backing\":null}}",
            "{\"driver\":\"qcow2\",\"node-name\":\"scratch-next\",\"read-only\":false,"
                + "\"discard\":\"unmap\",\"cache\":{\"no-flush\":true},"
                + "\"file\":{\"driver\":\"file\",\"filename\":\"/run/two\"},\"backing\":null}",
            "virtio-blk-pci,drive=scratch,serial=scratch,rerror=stop,werror=stop");
  }

  @Test
  void asksForEveryFramesPermission() {
    MachineSpec filtered = spec(Accelerator.TCG, "/run/a");
    MachineSpec unfiltered =
        new MachineSpec(
            filtered.image(),
            filtered.accelerator(),
            filtered.cpus(),
            filtered.memory(),
            filtered.disks(),
            new Connections(
                filtered.connections().ports(),
                filtered.connections().directory(),
                filtered.connections().rules(),
                false));

    assertThat(QemuArguments.of(filtered))
        .containsSequence("-netdev", "user,id=net0,ipv6=off")
        .containsSequence("-device", "virtio-net-pci,id=nic0,netdev=net0,romfile=")
        .containsSequence("-chardev", "socket,id=net-sent,path=/run/a/net-sent")
        .containsSequence(
            "-object",
            "filter-redirector,netdev=net0,id=filter,queue=rx,outdev=net-sent,indev=net-passed")
        .containsSequence(
            "-object", "filter-redirector,netdev=net0,id=answers,queue=tx,indev=net-answers");
    assertThat(QemuArguments.of(unfiltered)).noneMatch(it -> it.startsWith("filter-redirector"));
    assertThat(filtered.connections().names())
        .containsExactly("peer.control", "qmp", "console", "net-sent", "net-passed", "net-answers");
    assertThat(unfiltered.connections().names()).containsExactly("peer.control", "qmp", "console");
  }

  @Test
  void keepsCommasInPathsFromBecomingOptions() {
    assertThat(QemuArguments.of(spec(Accelerator.TCG, "/run/a,server=on")))
        .contains(
            "socket,id=qmp,path=/run/a,,server=on/qmp",
            "socket,id=peer.control,path=/run/a,,server=on/peer.control",
            "socket,id=console,path=/run/a,,server=on/console");
  }

  private static MachineSpec spec(Accelerator accelerator, String directory) {
    Path scratch = Path.of(directory, "scratch");
    return spec(accelerator, directory, new MachineSpec.RawDisk("scratch", scratch, false));
  }

  private static MachineSpec spec(
      Accelerator accelerator, String directory, MachineSpec.Disk disk) {
    GuestImage image =
        new GuestImage(
            Digest.of(new byte[0]),
            Path.of("/images/i"),
            Architecture.AMD64,
            "quiet panic=-1",
            new GuestVersions("mk", "agent"),
            Set.of());
    return new MachineSpec(
        image,
        accelerator,
        3,
        new Memory.Anonymous(512),
        List.of(disk),
        new Connections(
            List.of("peer.control"), Path.of(directory), NetworkRules.of(new Reach.Open()), true));
  }
}
