package dev.peer.source;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.Deflater;
import org.eclipse.jgit.internal.storage.pack.PackWriter;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.revwalk.ObjectWalk;
import org.eclipse.jgit.revwalk.RevBlob;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevObject;
import org.eclipse.jgit.revwalk.RevTag;
import org.eclipse.jgit.storage.pack.PackConfig;

/**
 * A git pack, and its index, of exactly the objects that one tree reaches, in two scratch files.
 * With a history, also of all commits, their tags and their trees.
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
      Set<ObjectId> files = Set.of();
      if (part.tags().isPresent()) {
        addHistory(writer, walk, part.commit().id(), part.tags().get());
        files = files(part);
      } else {
        walk.markStart(walk.parseTree(part.commit().tree()));
      }
      for (RevObject object = walk.nextObject(); object != null; object = walk.nextObject()) {
        boolean old = part.tags().isPresent() && object instanceof RevBlob;
        if (part.made().contains(object)) {
          left.add(object.copy());
        } else if (!old || files.contains(object)) {
          writer.addObject(object);
        }
      }
    }
    return left;
  }

  /** Adds the commits and tags; the walk then has the trees and files of all of them. */
  private static void addHistory(
      PackWriter writer, ObjectWalk walk, ObjectId commit, HistoryTags tags) throws IOException {
    walk.markStart(walk.parseCommit(commit));
    for (RevCommit each = walk.next(); each != null; each = walk.next()) {
      writer.addObject(each);
    }
    Set<ObjectId> added = new HashSet<>();
    for (HistoryTags.Tag tag : tags.tags()) {
      RevObject named = walk.parseAny(tag.id());
      while (named instanceof RevTag annotation && added.add(named)) {
        writer.addObject(named);
        named = walk.parseAny(annotation.getObject());
      }
    }
  }

  /** The files of the newest tree: those of older ones stay out. */
  private static Set<ObjectId> files(GuestSource.Part part) throws IOException {
    Set<ObjectId> files = new HashSet<>();
    try (ObjectReader objects = part.newObjectReader();
        ObjectWalk walk = new ObjectWalk(objects)) {
      walk.markStart(walk.parseTree(part.commit().tree()));
      for (RevObject object = walk.nextObject(); object != null; object = walk.nextObject()) {
        files.add(object.copy());
      }
    }
    return files;
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
