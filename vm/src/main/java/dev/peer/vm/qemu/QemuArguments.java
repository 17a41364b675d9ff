package dev.peer.vm.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.json.JsonTree;
import dev.peer.vm.network.GuestSubnet;
import dev.peer.vm.network.NetworkFilter;
import dev.peer.vm.qemu.MachineSpec.Disk;
import dev.peer.vm.qemu.MachineSpec.LayeredDisk;
import dev.peer.vm.qemu.MachineSpec.RawDisk;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** QEMU's arguments for a machine. Pure. */
public final class QemuArguments {

  /** The id of the network card, for {@code set_link}. */
  public static final String NETWORK_CARD = "nic0";

  private static final String QCOW2 = "qcow2";
  private static final String MACHINE = "pc-q35-7.2";
  static final String SANDBOX =
      "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny";

  private QemuArguments() {}

  /** The arguments without the program's name. */
  public static List<String> of(MachineSpec spec) {
    List<String> arguments = new ArrayList<>();
    add(arguments, "-nodefaults");
    add(arguments, "-no-user-config");
    add(arguments, "-no-reboot");
    add(arguments, "-display", "none");
    add(arguments, "-sandbox", SANDBOX);
    add(arguments, "-name", "peer");
    accelerator(arguments, spec.accelerator());
    add(arguments, "-smp", String.valueOf(spec.cpus()));
    memory(arguments, spec.memory());
    add(arguments, "-kernel", spec.image().kernel().toString());
    add(arguments, "-initrd", spec.image().initramfs().toString());
    add(
        arguments,
        "-append",
        spec.image().kernelArguments() + spec.connections().rules().subnet().kernelArguments());
    add(arguments, "-device", "vmgenid,guid=auto");
    add(arguments, "-object", "rng-builtin,id=rng0");
    add(arguments, "-device", "virtio-rng-pci,rng=rng0");
    disk(arguments, new RawDisk("root", spec.image().root(), true));
    spec.disks().forEach(disk -> disk(arguments, disk));
    network(arguments, spec);
    add(arguments, "-chardev", socket(spec, "console", Connections.CONSOLE));
    add(arguments, "-serial", "chardev:console");
    add(arguments, "-device", "virtio-serial-pci,id=ports");
    spec.connections().ports().forEach(port -> port(arguments, spec, port));
    add(arguments, "-chardev", socket(spec, "qmp", Connections.QMP));
    add(arguments, "-mon", "chardev=qmp,mode=control");
    return List.copyOf(arguments);
  }

  private static void accelerator(List<String> arguments, Accelerator accelerator) {
    switch (accelerator) {
      case KVM -> {
        add(arguments, "-accel", "kvm");
        add(arguments, "-cpu", "host");
      }
      case TCG -> {
        add(arguments, "-accel", "tcg,thread=multi,tb-size=256");
        // With these the guest copies by `rep movsb`, which TCG does byte by byte: 5 times as slow.
        add(arguments, "-cpu", "max,erms=off,fsrm=off");
      }
    }
  }

  private static void memory(List<String> arguments, Memory memory) {
    add(arguments, "-m", memory.mebibytes() + "M");
    switch (memory) {
      case Memory.Anonymous anonymous -> ownMemory(arguments, anonymous.mebibytes());
      case Memory.Frozen frozen -> {
        ownMemory(arguments, frozen.mebibytes());
        add(arguments, "-incoming", "defer");
      }
      case Memory.Shared shared -> memoryFile(arguments, shared.mebibytes(), shared.file(), "on");
      case Memory.Clone clone -> {
        memoryFile(arguments, clone.mebibytes(), clone.file(), "off");
        add(arguments, "-incoming", "defer");
      }
    }
  }

  /** Under the name that a clone's has, so that one can take over the other's. */
  private static void ownMemory(List<String> arguments, long mebibytes) {
    add(arguments, "-machine", MACHINE + ",memory-backend=ram");
    add(arguments, "-object", "memory-backend-ram,id=ram,size=" + mebibytes + "M");
  }

  private static void memoryFile(List<String> arguments, long mebibytes, Path file, String shared) {
    add(arguments, "-machine", MACHINE + ",memory-backend=ram");
    add(
        arguments,
        "-object",
        "memory-backend-file,id=ram,size="
            + mebibytes
            + "M,share="
            + shared
            + ",mem-path="
            + escaped(file));
  }

  private static void disk(List<String> arguments, Disk disk) {
    switch (disk) {
      case RawDisk raw -> {
        blockdev(arguments, node(raw.serial(), "raw", raw.file(), raw.readOnly()));
        device(arguments, disk, raw.readOnly());
      }
      case LayeredDisk layers -> {
        ObjectNode layer = node(layers.serial(), QCOW2, layers.layer(), false);
        layer.set(
            "backing",
            layers
                .base()
                .<JsonNode>map(base -> lowest(layers.serial() + "-base", base, true))
                .orElse(NullNode.instance));
        blockdev(arguments, layer);
        blockdev(arguments, lowest(layers.next(), layers.nextLayer(), false));
        device(arguments, disk, false);
      }
    }
  }

  /** A layer below which there is nothing, whatever its file may say. */
  private static ObjectNode lowest(String name, Path file, boolean readOnly) {
    return node(name, QCOW2, file, readOnly).putNull("backing");
  }

  private static ObjectNode node(String name, String format, Path file, boolean readOnly) {
    ObjectNode node = JsonTree.object();
    node.put("driver", format);
    node.put("node-name", name);
    node.put("read-only", readOnly);
    if (!readOnly) {
      node.put("discard", "unmap");
      // A run's writes disappear with it, or are synced when it is kept: no need to wait for the
      // disk.
      node.putObject("cache").put("no-flush", true);
    }
    node.putObject("file").put("driver", "file").put("filename", file.toString());
    return node;
  }

  private static void blockdev(List<String> arguments, ObjectNode node) {
    add(arguments, "-blockdev", new String(JsonTree.bytes(node), StandardCharsets.UTF_8));
  }

  /**
   * QEMU stops the guest, and peer ends it: a guest that continued without the failed write or read
   * might pass.
   */
  private static void device(List<String> arguments, Disk disk, boolean readOnly) {
    String serial = disk.serial();
    String device = "virtio-blk-pci,drive=" + serial + ",serial=" + serial + ",rerror=stop";
    add(arguments, "-device", readOnly ? device : device + ",werror=stop");
  }

  /** The filter, if there is one, stands before the user network on the way out: its queue rx. */
  private static void network(List<String> arguments, MachineSpec spec) {
    GuestSubnet subnet = spec.connections().rules().subnet();
    add(arguments, "-netdev", "user,id=net0" + subnet.options());
    add(arguments, "-device", "virtio-net-pci,id=" + NETWORK_CARD + ",netdev=net0,romfile=");
    if (spec.connections().filtered()) {
      for (String name : NetworkFilter.CONNECTIONS) {
        add(arguments, "-chardev", socket(spec, name, name));
      }
      String filter = Qemu.FILTER + ",netdev=net0,";
      add(
          arguments,
          "-object",
          filter
              + "id=filter,queue=rx,outdev="
              + NetworkFilter.SENT
              + ",indev="
              + NetworkFilter.PASSED);
      add(arguments, "-object", filter + "id=answers,queue=tx,indev=" + NetworkFilter.ANSWERS);
    }
  }

  private static void port(List<String> arguments, MachineSpec spec, String port) {
    add(arguments, "-chardev", socket(spec, port, port));
    add(
        arguments,
        "-device",
        "virtserialport,bus=ports.0,id=" + port + ",chardev=" + port + ",name=" + port);
  }

  private static String socket(MachineSpec spec, String id, String name) {
    return "socket,id=" + id + ",path=" + escaped(spec.connections().directory().resolve(name));
  }

  /** In QEMU's option lists a comma is written twice. */
  static String escaped(Path path) {
    return path.toString().replace(",", ",,");
  }

  private static void add(List<String> arguments, String... more) {
    arguments.addAll(List.of(more));
  }
}
