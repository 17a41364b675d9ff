package dev.peer.dist;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * A step of the build: gives the libraries the form in which the installed command starts fast.
 *
 * <p>Takes the signatures off JGit's and BouncyCastle's jars, whose check costs some tenths of a
 * second at every start and keeps their classes out of the AOT cache, lays zstd's library for this
 * platform beside the jars instead of unpacking it at every start, shortens the runtime's list of
 * security providers, and gives our own classes {@link EagerCode}. What is changed in a jar keeps
 * its time, so that the same sources make the same bytes.
 */
final class DistTuning {

  /** All but SUN, SunRsaSign, SunEC, SunJSSE and SunJCE. */
  private static final Pattern OTHER_PROVIDER =
      Pattern.compile("security[.]provider[.](?![1-5]=).*");

  private static final Pattern LIBRARY = Pattern.compile(".*[.](so|dylib|dll)");

  private final Path dist;

  private DistTuning(Path dist) {
    this.dist = dist;
  }

  public static void main(String[] arguments) throws Exception {
    DistTuning tuning = new DistTuning(Path.of(arguments[0]));
    tuning.unsign();
    tuning.modernizePicocli();
    tuning.makeCode();
    tuning.unpackZstd();
    tuning.keepOwnProviders();
  }

  private void unsign() throws IOException {
    for (Path jar : jars()) {
      try (FileSystem zip = FileSystems.newFileSystem(jar)) {
        unsign(zip.getPath("META-INF"));
      }
    }
  }

  private List<Path> jars() throws IOException {
    try (var files = Files.list(dist.resolve("lib/app"))) {
      return files.toList();
    }
  }

  private static void unsign(Path metaInf) throws IOException {
    List<Path> signatures;
    try (var files = Files.list(metaInf)) {
      signatures = files.filter(file -> file.toString().matches(".*\\.(SF|RSA|DSA|EC)")).toList();
    }
    for (Path signature : signatures) {
      Files.delete(signature);
    }
    // A search through the JDK's providers would end at this one, and load it whole for its name.
    Files.deleteIfExists(metaInf.resolve("services/java.security.Provider"));
  }

  /**
   * Gives picocli's classes the form of today. Theirs is Java 5's, without the frames that the
   * verifier wants since, and such classes stay out of the AOT cache.
   */
  private void modernizePicocli() throws IOException {
    Path jar = dist.resolve("lib/app/picocli.jar");
    change(List.of(jar), List.of(jar), "picocli", DistTuning::modern);
  }

  private void makeCode() throws IOException {
    List<Path> ours =
        jars().stream().filter(jar -> jar.getFileName().toString().startsWith("peer-")).toList();
    change(ours, jars(), "dev", EagerCode::of);
  }

  /**
   * Changes the classes of some jars.
   *
   * @param path has what they refer to
   * @param directory where they are in the jars
   */
  private static void change(
      List<Path> jars,
      List<Path> path,
      String directory,
      BiFunction<ClassFile, byte[], byte[]> change)
      throws IOException {
    URL[] urls = new URL[path.size()];
    for (int i = 0; i < urls.length; i++) {
      urls[i] = path.get(i).toUri().toURL();
    }
    try (URLClassLoader loader = new URLClassLoader(urls, null)) {
      ClassFile format =
          ClassFile.of(
              ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofClassLoading(loader)));
      for (Path jar : jars) {
        try (FileSystem zip = FileSystems.newFileSystem(jar)) {
          change(zip.getPath(directory), bytes -> change.apply(format, bytes));
        }
      }
    }
  }

  private static void change(Path directory, UnaryOperator<byte[]> change) throws IOException {
    List<Path> classes;
    try (var files = Files.walk(directory)) {
      classes = files.filter(file -> file.toString().endsWith(".class")).toList();
    }
    for (Path file : classes) {
      FileTime time = Files.getLastModifiedTime(file);
      Files.write(file, change.apply(Files.readAllBytes(file)));
      Files.setLastModifiedTime(file, time);
    }
  }

  private static byte[] modern(ClassFile format, byte[] bytes) {
    ClassTransform frames = ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL);
    ClassTransform version =
        (builder, element) ->
            builder.with(
                element instanceof ClassFileVersion
                    ? ClassFileVersion.of(ClassFile.JAVA_8_VERSION, 0)
                    : element);
    return format.transformClass(format.parse(bytes), frames.andThen(version));
  }

  /**
   * Takes providers off the runtime's list that its modules lack, or that nothing here asks. A
   * search through all would look for their classes in every file of the class path.
   */
  private void keepOwnProviders() throws IOException {
    Path list = dist.resolve("lib/runtime/conf/security/java.security");
    List<String> lines = Files.readAllLines(list);
    List<String> kept =
        lines.stream().filter(line -> !OTHER_PROVIDER.matcher(line).matches()).toList();
    if (lines.size() - kept.size() != 7) {
      throw new IOException(list + ": another list of providers than expected");
    }
    Files.write(list, kept);
  }

  private void unpackZstd() throws IOException {
    Path jar = dist.resolve("lib/app/zstd-jni.jar");
    Path target = Files.createDirectories(dist.resolve("lib/native")).resolve("libzstd-jni.so");
    try (FileSystem zip = FileSystems.newFileSystem(jar)) {
      String ours = "/linux/" + System.getProperty("os.arch");
      List<Path> libraries;
      try (var files = Files.walk(zip.getPath("/"))) {
        libraries = files.filter(file -> LIBRARY.matcher(file.toString()).matches()).toList();
      }
      for (Path library : libraries) {
        if (library.startsWith(ours)) {
          Files.copy(library, target);
        }
        Files.delete(library);
      }
    }
  }
}
