package dev.peer.source;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.lib.TreeFormatter;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.eclipse.jgit.util.Paths;

/**
 * A bare repository that borrows the objects, the submodules and the files of Git LFS of another,
 * which is not written to, and has a commit of its own on top of one of the other's.
 */
public final class BorrowingRepository {

  private static final PersonIdent AUTHOR = new PersonIdent("peer", "peer@localhost");

  private final Repository lender;
  private final Path common;

  private BorrowingRepository(Repository lender) {
    this.lender = lender;
    this.common = lender.getCommonDirectory().toPath().toAbsolutePath();
  }

  /**
   * Makes one.
   *
   * @param lender must stay where it is
   * @param base the parent of the commit
   * @param name a file at the root, which the commit adds or replaces
   * @param directory where it is made; must not be there
   */
  public static void make(
      GitRepository lender, Revision base, String name, byte[] content, Path directory)
      throws SourceException, IOException {
    new BorrowingRepository(lender.repository()).make(base, name, content, directory);
  }

  private void make(Revision base, String name, byte[] content, Path directory)
      throws SourceException, IOException {
    try (Repository made =
        new FileRepositoryBuilder().setGitDir(directory.toFile()).setBare().build()) {
      made.create(true);
      Files.writeString(directory.resolve("objects/info/alternates"), common + "/objects\n");
      copyIfThere("shallow", directory);
      for (File from : new File[] {lender.getDirectory(), lender.getCommonDirectory()}) {
        linkIfThere(from.toPath().toAbsolutePath().resolve(Constants.MODULES), directory);
      }
      configure(made.getConfig());
    }
    // Opened again, so that it is read with all that was just written.
    try (Repository made = new FileRepositoryBuilder().setGitDir(directory.toFile()).build()) {
      commit(made, base, name, content);
    }
  }

  private void copyIfThere(String name, Path directory) throws IOException {
    if (Files.exists(common.resolve(name))) {
      Files.copy(common.resolve(name), directory.resolve(name));
    }
  }

  private static void linkIfThere(Path target, Path directory) throws IOException {
    Path link = directory.resolve(target.getFileName());
    if (Files.isDirectory(target) && !Files.exists(link)) {
      Files.createSymbolicLink(link, target);
    }
  }

  /** Where files of Git LFS are, and where git gets the objects that a partial clone left out. */
  private void configure(StoredConfig config) throws IOException {
    String storage = lender.getConfig().getString("lfs", null, "storage");
    config.setString(
        "lfs", null, "storage", common.resolve(storage == null ? "lfs" : storage).toString());
    for (String remote : lender.getConfig().getSubsections("remote")) {
      if (lender.getConfig().getBoolean("remote", remote, "promisor", false)) {
        String url = lender.getConfig().getString("remote", remote, "url");
        config.setString("remote", remote, "url", url);
        config.setBoolean("remote", remote, "promisor", true);
      }
    }
    config.save();
  }

  private static void commit(Repository made, Revision base, String name, byte[] content)
      throws SourceException, IOException {
    CommitBuilder commit = new CommitBuilder();
    commit.setParentId(ObjectId.fromString(base.commit().hex()));
    commit.setAuthor(AUTHOR);
    commit.setCommitter(AUTHOR);
    commit.setMessage("Add " + name + "\n");
    ObjectId id;
    try (ObjectInserter inserter = made.newObjectInserter()) {
      ObjectId file = inserter.insert(Constants.OBJ_BLOB, content);
      ObjectId before = ObjectId.fromString(base.tree().hex());
      TreeFormatter tree =
          new PromisedObjects(made).read(objects -> with(objects, before, name, file));
      commit.setTreeId(inserter.insert(tree));
      id = inserter.insert(commit);
      inserter.flush();
    }
    RefUpdate head = made.updateRef(Constants.HEAD);
    head.setNewObjectId(id);
    if (head.forceUpdate() != RefUpdate.Result.NEW) {
      throw new IOException("the commit was made, and HEAD does not lead to it");
    }
  }

  /** A tree with one more file at its place in git's order. */
  private static TreeFormatter with(
      ObjectReader objects, ObjectId tree, String fileName, ObjectId file) throws IOException {
    TreeFormatter with = new TreeFormatter();
    byte[] added = fileName.getBytes(StandardCharsets.UTF_8);
    boolean done = false;
    for (CanonicalTreeParser entries = new CanonicalTreeParser(null, objects, tree);
        !entries.eof();
        entries.next(1)) {
      byte[] name = new byte[entries.getNameLength()];
      entries.getName(name, 0);
      int mode = entries.getEntryRawMode();
      if (!done && compare(added, name, mode) < 0) {
        with.append(added, FileMode.REGULAR_FILE, file);
        done = true;
      }
      if (!Arrays.equals(name, added)) {
        with.append(name, FileMode.fromBits(mode), entries.getEntryObjectId());
      }
    }
    if (!done) {
      with.append(added, FileMode.REGULAR_FILE, file);
    }
    return with;
  }

  private static int compare(byte[] added, byte[] name, int mode) {
    return Paths.compare(added, 0, added.length, FileMode.TYPE_FILE, name, 0, name.length, mode);
  }
}
