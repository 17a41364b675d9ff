package dev.peer.source;

import org.eclipse.jgit.internal.util.CleanupService;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.ConfigConstants;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;

/**
 * Shows JGit no configuration of the machine except the repository's own.
 *
 * <p>By itself JGit starts {@code git} to find the system's configuration, and measures the time
 * stamps of each file system with temporary files in the repository, and keeps the outcome in the
 * user's home. Here it finds all configuration empty, except for those measurements, which count as
 * made.
 *
 * <p>By itself it also removes, when the process ends, what it has not finished writing to a
 * repository, and reads all of its messages for that, which takes a tenth of a second. Here it
 * writes nothing to repositories, and waits for somebody else to say that the process ends.
 */
final class QuietSystem extends SystemReader.Delegate {

  /** Coarser than any file system in use, so that a fresh file is re-read rather than trusted. */
  private static final String RESOLUTION = "2 seconds";

  private static final QuietSystem INSTANCE = new QuietSystem(SystemReader.getInstance());

  static {
    CleanupService _ = new CleanupService();
  }

  private QuietSystem(SystemReader system) {
    super(system);
  }

  /** Makes JGit use this; for the whole process, as JGit has only one. */
  static void install() {
    if (SystemReader.getInstance() != INSTANCE) {
      SystemReader.setInstance(INSTANCE);
    }
  }

  @Override
  public FileBasedConfig openUserConfig(Config parent, FS fs) {
    return new Unread(fs);
  }

  @Override
  public FileBasedConfig openSystemConfig(Config parent, FS fs) {
    return new Unread(fs);
  }

  @Override
  public FileBasedConfig openJGitConfig(Config parent, FS fs) {
    return new Unread(fs);
  }

  private static final class Unread extends FileBasedConfig {

    Unread(FS fs) {
      super(null, null, fs);
    }

    @Override
    public void load() {
      // There is no file.
    }

    @Override
    public void save() {
      // There is no file.
    }

    @Override
    public boolean isOutdated() {
      return false;
    }

    @Override
    public String getString(String section, String subsection, String name) {
      return section.equals(ConfigConstants.CONFIG_FILESYSTEM_SECTION)
          ? RESOLUTION
          : super.getString(section, subsection, name);
    }
  }
}
