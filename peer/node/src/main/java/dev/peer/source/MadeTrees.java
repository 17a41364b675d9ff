package dev.peer.source;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.eclipse.jgit.lib.AbbreviatedObjectId;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;

/** Trees that were made here and are not in the repository, which is never written to. */
final class MadeTrees {

  /** None, and none are added. */
  static final MadeTrees NONE = new MadeTrees(Map.of());

  private final Map<ObjectId, byte[]> trees;

  private MadeTrees(Map<ObjectId, byte[]> trees) {
    this.trees = trees;
  }

  /** None so far. */
  static MadeTrees begin() {
    return new MadeTrees(new HashMap<>());
  }

  void add(ObjectId id, byte[] tree) {
    trees.put(id, tree);
  }

  boolean contains(AnyObjectId id) {
    return trees.containsKey(id);
  }

  byte[] tree(ObjectId id) {
    return trees.get(id);
  }

  /** Reads the repository's objects, and these. */
  ObjectReader reader(Repository git) {
    ObjectReader stored = git.newObjectReader();
    return trees.isEmpty() ? stored : new Reader(stored);
  }

  private final class Reader extends ObjectReader {

    private final ObjectReader stored;

    Reader(ObjectReader stored) {
      this.stored = stored;
    }

    @Override
    public ObjectReader newReader() {
      return new Reader(stored.newReader());
    }

    @Override
    public Collection<ObjectId> resolve(AbbreviatedObjectId id) throws IOException {
      return stored.resolve(id);
    }

    @Override
    public ObjectLoader open(AnyObjectId id, int type) throws IOException {
      byte[] made = trees.get(id.toObjectId());
      return made == null
          ? stored.open(id, type)
          : new ObjectLoader.SmallObject(Constants.OBJ_TREE, made);
    }

    @Override
    public boolean has(AnyObjectId id, int type) throws IOException {
      return trees.containsKey(id.toObjectId()) || stored.has(id, type);
    }

    @Override
    public Set<ObjectId> getShallowCommits() throws IOException {
      return stored.getShallowCommits();
    }

    @Override
    public void close() {
      stored.close();
    }
  }
}
