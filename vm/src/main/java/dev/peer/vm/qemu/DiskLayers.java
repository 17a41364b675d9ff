package dev.peer.vm.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.json.JsonTree;
import dev.peer.vm.qemu.MachineSpec.LayeredDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Changes the layers of a running machine's disks. */
public final class DiskLayers {

  private static final String FLATTEN = "flatten";
  private static final Duration FLATTEN_TIME = Duration.ofMinutes(5);

  private final Qmp qmp;
  private final QmpEvents events;
  private final Set<String> inNextLayer = ConcurrentHashMap.newKeySet();

  DiskLayers(Qmp qmp, QmpEvents events) {
    this.qmp = qmp;
    this.events = events;
  }

  /**
   * Ends a disk's layer: from now on the guest writes to the next one. The guest must have synced
   * its file system there, and must not write to it during the call.
   */
  public void startNext(LayeredDisk disk) throws IOException, InterruptedException {
    ObjectNode arguments = JsonTree.object();
    arguments.put("node", disk.serial());
    arguments.put("overlay", disk.next());
    qmp.execute("blockdev-snapshot", arguments);
    inNextLayer.add(disk.serial());
  }

  /**
   * Copies into a disk's upper layer the data that it still reads from the layers below.
   *
   * @return the layer's file, which is the whole disk from now on
   */
  public Path flatten(LayeredDisk disk) throws IOException, InterruptedException {
    boolean next = inNextLayer.contains(disk.serial());
    if (next || disk.base().isPresent()) {
      stream(next ? disk.next() : disk.serial());
    }
    return next ? disk.nextLayer() : disk.layer();
  }

  /**
   * Copies into a disk's ended layer the data that it still reads from its base, and detaches the
   * base.
   */
  public void detachFromBase(LayeredDisk disk) throws IOException, InterruptedException {
    stream(disk.serial());
  }

  private void stream(String layer) throws IOException, InterruptedException {
    ObjectNode arguments = JsonTree.object();
    arguments.put("job-id", FLATTEN);
    arguments.put("device", layer);
    int before = events.count();
    qmp.execute("block-stream", arguments);
    JsonNode end =
        events.await(
            before,
            event ->
                event.at("/data/device").asText().equals(FLATTEN)
                    && event.path("event").asText().matches("BLOCK_JOB_(COMPLETED|CANCELLED)"),
            FLATTEN_TIME);
    if (end.at("/data").has("error") || end.path("event").asText().endsWith("CANCELLED")) {
      throw new IOException("QEMU could not copy a disk: " + end.at("/data/error").asText());
    }
  }
}
