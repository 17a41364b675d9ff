package dev.peer.source;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Deflater;
import org.eclipse.jgit.internal.storage.pack.PackWriter;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.revwalk.ObjectWalk;
import org.eclipse.jgit.revwalk.RevObject;
import org.eclipse.jgit.storage.pack.PackConfig;

/**
 * A git pack, and its index, of exactly the objects that one tree reaches, in two scratch files.
 *
 * @param name the pack's name, which depends on the ids of its objects only
 * @param left the trees that were made here, which no pack has
 */
record TreePack(String name, Path pack, Path index, List<ObjectId> left) implements AutoCloseable {

  /** Deltas and compressed objects are taken over as they are; the rest is compressed quickly. */
  static TreePack write(GuestSource.Part part, Path scratch) throws IOException {
    Path pack = Files.createTempFile(scratch, "source", ".pack");
    Path index = Files.createTempFile(scratch, "source", ".idx");
    try (PackWriter writer = new PackWriter(config(), part.git().newObjectReader())) {
      List<ObjectId> left = addReachable(writer, part);
      try (OutputStream out = buffered(pack)) {
        writer.writePack(NullProgressMonitor.INSTANCE, NullProgressMonitor.INSTANCE, out);
      }
      try (OutputStream out = buffered(index)) {
        writer.writeIndex(out);
      }
      return new TreePack(writer.computeName().name(), pack, index, left);
    } catch (IOException | RuntimeException e) {
      delete(pack, index);
      throw e;
    }
  }

  private static PackConfig config() {
    PackConfig config = new PackConfig();
    config.setReuseDeltas(true);
    config.setReuseObjects(true);
    config.setDeltaCompress(false);
    config.setCompressionLevel(Deflater.BEST_SPEED);
    config.setThreads(1);
    config.setBuildBitmaps(false);
    config.setIndexVersion(2);
    return config;
  }

  private static List<ObjectId> addReachable(PackWriter writer, GuestSource.Part part)
      throws IOException {
    writer.setUseBitmaps(false);
    writer.setUseCachedPacks(false);
    writer.setDeltaBaseAsOffset(true);
    List<ObjectId> left = new ArrayList<>();
    try (ObjectReader objects = part.newObjectReader();
        ObjectWalk walk = new ObjectWalk(objects)) {
      walk.markStart(walk.parseTree(part.commit().tree()));
      for (RevObject object = walk.nextObject(); object != null; object = walk.nextObject()) {
        if (part.made().contains(object)) {
          left.add(object.copy());
        } else {
          writer.addObject(object);
        }
      }
    }
    return left;
  }

  private static OutputStream buffered(Path file) throws IOException {
    return new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
  }

  @Override
  public void close() throws IOException {
    delete(pack, index);
  }

  private static void delete(Path pack, Path index) throws IOException {
    Files.deleteIfExists(pack);
    Files.deleteIfExists(index);
  }
}
