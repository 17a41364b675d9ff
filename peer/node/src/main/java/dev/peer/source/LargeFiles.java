package dev.peer.source;

import dev.peer.core.flow.GuestDirectory;
import dev.peer.core.id.Printable;
import dev.peer.core.path.AttributesFile;
import dev.peer.core.record.Content;
import dev.peer.lfs.ObjectDirectory;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.eclipse.jgit.util.RawParseUtils;

/**
 * The files of a work tree that Git LFS keeps: by the tree's own attributes ({@code filter=lfs}),
 * and pointers by their form.
 */
final class LargeFiles {

  private static final String FILTER = "filter";
  private static final int LARGEST_ATTRIBUTES = 1 << 24;
  private static final AttributesFile NONE = AttributesFile.parse(new byte[0]);

  private final GuestSource.Part part;
  private final ObjectReader objects;
  private final ObjectDirectory clone;
  private final Optional<ObjectDirectory> kept;
  private final Map<String, LfsPointer> pointers = new TreeMap<>();
  private AttributesFile root = NONE;

  private LargeFiles(GuestSource.Part part, Optional<ObjectDirectory> kept, ObjectReader objects) {
    this.part = part;
    this.clone = storeOf(part.git());
    this.kept = kept;
    this.objects = objects;
  }

  /** Where the clone's configuration has it, by default below its git directory. */
  private static ObjectDirectory storeOf(Repository git) {
    File common = git.getCommonDirectory();
    String configured = git.getConfig().getString("lfs", null, "storage");
    Path storage = common.toPath().resolve(configured == null ? "lfs" : configured);
    return new ObjectDirectory(storage.resolve("objects"));
  }

  /** A directory's attributes, and how long the path of that directory is. */
  private record Level(AttributesFile attributes, int prefix) {}

  /**
   * Finds them.
   *
   * @param kept has contents that the clone's store lacks
   * @throws SourceException if one of them is more than its content, so that no machine could have
   *     it
   */
  static LargeFiles in(GuestSource.Part part, Optional<ObjectDirectory> kept)
      throws IOException, SourceException {
    try (ObjectReader objects = part.newObjectReader()) {
      LargeFiles files = new LargeFiles(part, kept, objects);
      ObjectId tree = part.commit().tree();
      if (!tree.equals(Constants.EMPTY_TREE_ID)) {
        files.find(tree, new byte[0], List.of());
      }
      return files;
    }
  }

  /** All of them but the empty ones. */
  List<LargeFile> list() {
    return pointers.entrySet().stream()
        .filter(file -> file.getValue().content().size() > 0)
        .map(file -> file(file.getKey(), file.getValue().content()))
        .toList();
  }

  private LargeFile file(String key, Content content) {
    byte[] path = key.getBytes(StandardCharsets.ISO_8859_1);
    return new LargeFile(
        part.inGuest(RawParseUtils.decode(path)),
        part.path(),
        content,
        holding(content).map(directory -> directory.file(content.digest())));
  }

  /** Where the content is: in the clone's store if it is there. */
  private Optional<ObjectDirectory> holding(Content content) {
    return clone.has(content)
        ? Optional.of(clone)
        : kept.filter(directory -> directory.has(content));
  }

  /** The content of a file by its path in the work tree: Git LFS's, or else the object's. */
  GuestDirectory.Content content(byte[] path, ObjectLoader blob) {
    LfsPointer pointer = pointers.get(key(path));
    return pointer == null
        ? blob::copyTo
        : out -> holding(pointer.content()).orElse(clone).copy(pointer.content(), out);
  }

  private static String key(byte[] path) {
    return new String(path, StandardCharsets.ISO_8859_1);
  }

  private void find(ObjectId tree, byte[] prefix, List<Level> above)
      throws IOException, SourceException {
    List<Level> levels = new ArrayList<>(above);
    Optional<AttributesFile> own = attributes(tree);
    if (own.isPresent()) {
      root = prefix.length == 0 ? own.get() : root;
      levels.addFirst(new Level(own.get(), prefix.length));
    }
    boolean filtered = levels.stream().anyMatch(level -> level.attributes().names(FILTER));
    CanonicalTreeParser entries = new CanonicalTreeParser(null, objects, tree);
    for (; !entries.eof(); entries.next(1)) {
      byte[] path = CheckedOutTree.joined(prefix, name(entries));
      int type = entries.getEntryRawMode() & FileMode.TYPE_MASK;
      if (type == FileMode.TYPE_TREE) {
        find(entries.getEntryObjectId(), CheckedOutTree.joined(path, new byte[] {'/'}), levels);
      } else if (type == FileMode.TYPE_FILE && filtered) {
        look(path, entries.getEntryObjectId(), levels);
      }
    }
  }

  private Optional<AttributesFile> attributes(ObjectId tree) throws IOException {
    CanonicalTreeParser entries = new CanonicalTreeParser(null, objects, tree);
    for (; !entries.eof(); entries.next(1)) {
      boolean file = (entries.getEntryRawMode() & FileMode.TYPE_MASK) == FileMode.TYPE_FILE;
      if (file && key(name(entries)).equals(Constants.DOT_GIT_ATTRIBUTES)) {
        ObjectLoader blob = objects.open(entries.getEntryObjectId(), Constants.OBJ_BLOB);
        return blob.getSize() > LARGEST_ATTRIBUTES
            ? Optional.empty()
            : Optional.of(AttributesFile.parse(blob.getCachedBytes(LARGEST_ATTRIBUTES)));
      }
    }
    return Optional.empty();
  }

  private static byte[] name(CanonicalTreeParser entries) {
    byte[] name = new byte[entries.getNameLength()];
    entries.getName(name, 0);
    return name;
  }

  private void look(byte[] path, ObjectId id, List<Level> levels)
      throws IOException, SourceException {
    Map<String, String> attributes = new HashMap<>();
    for (Level level : levels) {
      byte[] below = Arrays.copyOfRange(path, level.prefix(), path.length);
      level.attributes().addTo(attributes, below, root);
    }
    if (!"lfs".equals(attributes.get(FILTER))) {
      return;
    }
    ObjectLoader blob = objects.open(id, Constants.OBJ_BLOB);
    if (blob.getSize() >= LfsPointer.TOO_LONG) {
      return;
    }
    Optional<LfsPointer> pointer = LfsPointer.read(blob.getCachedBytes());
    if (pointer.isPresent()) {
      requirePlain(path, pointer.get(), attributes);
      pointers.put(key(path), pointer.get());
    }
  }

  private void requirePlain(byte[] path, LfsPointer pointer, Map<String, String> attributes)
      throws SourceException {
    String shown = Printable.of(part.inGuest(RawParseUtils.decode(path)));
    if (pointer.extended()) {
      throw new SourceException(
          "Git LFS makes " + shown + " by an extension, which the guest does not have",
          "store the file without extensions of Git LFS");
    }
    Set<String> none = Set.of("unset", "unspecified");
    boolean converted =
        "crlf".equals(attributes.get("eol"))
            || !none.contains(attributes.getOrDefault("ident", "unset"))
            || !none.contains(attributes.getOrDefault("working-tree-encoding", "unset"));
    if (converted) {
      // The guest's git would write such a file again, and it has the pointer only.
      throw new SourceException(
          "Git LFS keeps " + shown + ", and its attributes convert it as a text",
          "add `-text -eol -ident -working-tree-encoding` to its line in .gitattributes");
    }
  }
}
