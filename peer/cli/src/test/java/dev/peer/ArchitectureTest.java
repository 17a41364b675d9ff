package dev.peer;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.StringEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which package may use which: the arrows of the house. ArchUnit's engine runs before JUnit's, so
 * this test is the first of the module that has the classes of all.
 */
@AnalyzeClasses(packages = "dev.peer", importOptions = ArchitectureTest.Shipped.class)
class ArchitectureTest {

  /** Tests and their fixtures may use what they like. */
  static final class Shipped implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return ImportOption.Predefined.DO_NOT_INCLUDE_TESTS.includes(location)
          && !location.matches(FIXTURES);
    }
  }

  private static final Pattern FIXTURES = Pattern.compile(".*(testkit|-tests[.]jar).*");

  private static final Map<String, List<String>> MAY_USE = new TreeMap<>();

  /** Files of the kernel, and programs that other systems lack. */
  private static final Pattern OF_LINUX =
      Pattern.compile("(?s)(.*[\\s\"'])?/(proc|sys)(/.*)?|(setsid|setpriv)");

  /** What these names stand for has packages, and no class of its own. */
  private static final List<String> WHOLE = List.of("core", "vm");

  static {
    allow("core.id");
    allow("core.json");
    allow("core.key", "core.id", "core.json");
    allow("core.network", "core.id");
    allow("core.path", "core.id");
    allow("core.chunk", "core.id");
    allow("core.record", "core.chunk", "core.id", "core.json", "core.key");
    allow("core.junit", "core.id", "core.record");
    allow("core.platform");
    allow("core.scratch", "core.platform");
    allow("core.openssl");
    allow("core.pem", "core.id");
    allow("core.trust", "core.id", "core.pem");
    allow("core.access", "core.id", "core.trust");
    allow("core.timestamp", "core.id", "core.pem", "core.trust");
    allow("core.secret", "core.id", "core.json", "core.key", "core.record");
    allow(
        "core.sign",
        "core.access",
        "core.id",
        "core.json",
        "core.key",
        "core.pem",
        "core.record",
        "core.timestamp",
        "core.trust");
    allow(
        "core.store",
        "core.chunk",
        "core.id",
        "core.json",
        "core.key",
        "core.record",
        "core.scratch",
        "core.sign",
        "core.trust");
    allow("core.progress", "core.record");
    allow(
        "core.find",
        "core.chunk",
        "core.id",
        "core.key",
        "core.progress",
        "core.record",
        "core.scratch",
        "core.sign",
        "core.store",
        "core.trust");
    allow("core.flow", "core");
    allow("vm.image", "core.id", "core.platform", "core.record", "core.scratch", "core.sign");
    allow("vm.network", "core.network");
    allow("vm.registry", "core.id", "core.json", "core.network", "core.scratch", "vm.network");
    allow(
        "vm.qemu",
        "core.id",
        "core.json",
        "core.network",
        "core.platform",
        "core.record",
        "core.scratch",
        "vm.image",
        "vm.network");
    allow("vm.erofs", "core.flow", "core.id");
    allow("vm.guest", "core.id", "core.record", "core.secret");
    allow(
        "vm.snapshot",
        "core.id",
        "core.json",
        "core.key",
        "core.platform",
        "core.record",
        "core.scratch",
        "core.sign",
        "vm.image",
        "vm.qemu");
    allow("vm.layers", "core.id", "core.network");
    allow("vm.exec", "core", "vm");
    allow(
        "config",
        "core.access",
        "core.id",
        "core.key",
        "core.network",
        "core.path",
        "core.pem",
        "core.platform",
        "core.record",
        "core.trust");
    allow("home", "core.platform", "core.scratch");
    allow("tls", "core.access", "core.id", "core.network", "core.pem", "core.trust");
    allow("wire", "core.id", "core.json", "core.record", "core.sign");
    allow("metrics", "core.platform");
    allow(
        "http",
        "core.access",
        "core.id",
        "core.pem",
        "core.record",
        "core.trust",
        "metrics",
        "tls",
        "wire");
    allow(
        "rendezvous",
        "core.access",
        "core.id",
        "core.pem",
        "core.record",
        "core.timestamp",
        "core.trust",
        "http",
        "metrics",
        "pages",
        "tls",
        "wire");
    allow(
        "rendezvous.etcd",
        "core.access",
        "core.id",
        "core.pem",
        "core.record",
        "core.trust",
        "rendezvous",
        "tls",
        "wire");
    allow(
        "relay",
        "core.access",
        "core.id",
        "core.pem",
        "core.record",
        "core.trust",
        "http",
        "metrics",
        "pages",
        "tls",
        "wire");
    allow("lfs", "core.id", "core.record", "core.scratch");
    allow(
        "source",
        "core.find",
        "core.flow",
        "core.id",
        "core.key",
        "core.path",
        "core.progress",
        "core.record",
        "lfs",
        "source.command");
    allow("source.command");
    allow("secret", "core.id", "core.scratch", "core.secret");
    allow("terminal", "core.platform", "vm.guest");
    allow(
        "identity",
        "config",
        "core.access",
        "core.find",
        "core.flow",
        "core.id",
        "core.pem",
        "core.progress",
        "core.sign",
        "core.timestamp",
        "core.trust",
        "tls");
    allow("pages", "core", "http", "wire");
    allow("pages.template", "core.id", "core.store", "pages", "wire");
    allow("server", "core", "http", "metrics", "pages", "tls", "wire");
    allow(
        "client", "core.access", "core.id", "core.pem", "core.record", "core.trust", "tls", "wire");
    allow("client.fetch", "client", "core", "tls", "wire");
    allow("client.registry", "client", "tls", "vm.registry");
    allow("client.rendezvous", "client", "client.fetch", "core", "tls", "wire");
    allow(
        "client.announce",
        "client",
        "client.fetch",
        "client.rendezvous",
        "core",
        "http",
        "pages",
        "server",
        "tls",
        "wire");
    allow(
        "daemon",
        "client",
        "client.announce",
        "client.rendezvous",
        "core",
        "http",
        "server",
        "tls",
        "wire");
    allow(
        "daemon.socket",
        "core.find",
        "core.flow",
        "core.json",
        "core.platform",
        "core.progress",
        "core.record",
        "core.scratch",
        "daemon",
        "wire");
    allow("schedule", "core", "daemon", "source");
    allow("report", "config", "core", "source", "vm.image");
    allow(
        "network",
        "client",
        "client.announce",
        "client.fetch",
        "client.rendezvous",
        "config",
        "core",
        "home",
        "http",
        "identity",
        "lfs",
        "metrics",
        "pages",
        "report",
        "server",
        "tls",
        "vm.image",
        "vm.snapshot");
    allow(
        "run",
        "client.registry",
        "client.rendezvous",
        "config",
        "core",
        "daemon",
        "home",
        "identity",
        "lfs",
        "network",
        "report",
        "secret",
        "source",
        "tls",
        "vm",
        "wire");
    allow("result", "config", "core", "report", "run");
    allow(
        "daemonhost",
        "client",
        "client.announce",
        "client.fetch",
        "config",
        "core",
        "daemon",
        "daemon.socket",
        "home",
        "http",
        "identity",
        "lfs",
        "network",
        "pages",
        "report",
        "run",
        "schedule",
        "source",
        "terminal",
        "tls",
        "vm.exec",
        "vm.snapshot");
    allow("cli.syntax");
    allow(
        "cli.console",
        "cli.syntax",
        "core.id",
        "core.json",
        "core.progress",
        "core.record",
        "http",
        "report",
        "terminal",
        "wire");
    allow(
        "cli.option",
        "cli.console",
        "cli.syntax",
        "config",
        "core.id",
        "core.scratch",
        "daemon",
        "report",
        "run",
        "source",
        "terminal",
        "vm.image");
    allow(
        "cli.setup",
        "cli.console",
        "cli.option",
        "cli.syntax",
        "client",
        "client.rendezvous",
        "config",
        "core",
        "home",
        "http",
        "identity",
        "network",
        "pki.issue",
        "rendezvous",
        "report",
        "run",
        "secret",
        "source",
        "vm.image",
        "vm.qemu");
    allow(
        "cli.result",
        "cli.console",
        "cli.option",
        "cli.syntax",
        "client",
        "client.fetch",
        "config",
        "core",
        "daemon.socket",
        "home",
        "identity",
        "pages",
        "report",
        "result",
        "run",
        "tls",
        "vm.image");
    allow(
        "cli.run",
        "cli.console",
        "cli.option",
        "cli.syntax",
        "client",
        "client.fetch",
        "config",
        "core",
        "daemon",
        "daemonhost",
        "home",
        "http",
        "identity",
        "network",
        "report",
        "run",
        "secret",
        "source",
        "terminal",
        "tls",
        "vm");
    allow(
        "cli.machine",
        "cli.console",
        "cli.option",
        "cli.syntax",
        "config",
        "core",
        "home",
        "identity",
        "lfs",
        "network",
        "report",
        "run",
        "terminal",
        "vm");
    allow(
        "cli.server",
        "cli.console",
        "cli.option",
        "cli.syntax",
        "config",
        "core",
        "daemonhost",
        "http",
        "identity",
        "network",
        "relay",
        "rendezvous",
        "rendezvous.etcd",
        "report",
        "tls");
    allow(
        "cli.daemon",
        "cli.console",
        "cli.option",
        "cli.syntax",
        "config",
        "core",
        "daemon",
        "daemon.socket",
        "daemonhost",
        "home",
        "http",
        "report");
    allow(
        "cli.check",
        "cli.console",
        "cli.option",
        "cli.syntax",
        "client",
        "client.announce",
        "client.rendezvous",
        "config",
        "core",
        "home",
        "identity",
        "network",
        "report",
        "run",
        "tls",
        "vm");
    allow(
        "cli.training",
        "client",
        "client.announce",
        "core",
        "http",
        "pki.issue",
        "rendezvous",
        "server",
        "tls");
    allow(
        "cli",
        "cli.check",
        "cli.console",
        "cli.daemon",
        "cli.machine",
        "cli.option",
        "cli.result",
        "cli.run",
        "cli.server",
        "cli.setup",
        "cli.syntax",
        "config",
        "core.id",
        "core.record",
        "daemon.socket",
        "report",
        "source.command",
        "terminal");
    allow("pki.issue", "core.access", "core.id", "core.pem", "core.trust");
    allow("pki.cli", "core", "pki.issue");
  }

  private static void allow(String name, String... used) {
    MAY_USE.put(name, List.of(used));
  }

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices().matching("dev.peer.(**)").should().beFreeOfCycles();

  /** What several commands use, they have from a room that is no command's. */
  @ArchTest
  static final ArchRule ROOMS_OF_COMMANDS_DO_NOT_USE_EACH_OTHER =
      slices()
          .matching("dev.peer.cli.(*)")
          .that(
              DescribedPredicate.describe(
                  "have commands",
                  room -> !List.of("console", "option", "syntax").contains(room.getNamePart(1))))
          .should()
          .notDependOnEachOther();

  @ArchTest
  static final ArchRule ONLY_COMMANDS_KNOW_PICOCLI =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.peer.cli..", "dev.peer.pki.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("picocli..");

  /** Picocli reads annotations by reflection, at each start of a command. */
  @ArchTest
  static final ArchRule COMMANDS_ARE_DECLARED_IN_CODE =
      noClasses()
          .that()
          .resideInAPackage("dev.peer.cli..")
          .should()
          .dependOnClassesThat(
              JavaClass.Predicates.resideInAPackage("picocli..")
                  .and(JavaClass.Predicates.ANNOTATIONS));

  /** {@code JsonTree} reads and writes all JSON: a mapper loads some hundred classes first. */
  @ArchTest
  static final ArchRule JSON_IS_TREES =
      noClasses()
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("com.fasterxml.jackson.databind.ObjectMapper");

  @ArchTest
  static final ArchRule ONLY_TLS_KNOWS_TLS =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.peer.tls..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("javax.net.ssl..");

  /** What asks etcd; nothing else loads it. */
  @ArchTest
  static final ArchRule ONLY_ETCD_KNOWS_GRPC =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.peer.rendezvous.etcd..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.grpc..", "io.netty..", "io.etcd..", "com.google.protobuf..");

  /** What makes pages; a peer that nobody asks for one loads none of it. */
  @ArchTest
  static final ArchRule ONLY_PAGES_KNOW_THE_TEMPLATE_ENGINE =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.peer.pages..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("gg.jte..");

  @ArchTest
  static final ArchRule ONLY_THE_SCHEDULE_KNOWS_CRON =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.peer.schedule..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.cronutils..");

  @ArchTest
  static final ArchRule ONLY_THE_TERMINAL_KNOWS_JLINE =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.peer.terminal..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.jline..");

  /** Machines, peer itself in the background, and git and ssh when they are asked something. */
  @ArchTest
  static final ArchRule ONLY_MACHINES_DAEMONS_AND_QUESTIONS_ARE_STARTED =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "dev.peer.vm.qemu..",
              "dev.peer.vm.image..",
              "dev.peer.daemon.socket..",
              "dev.peer.source.command..")
          .should()
          .dependOnClassesThat()
          .areAssignableTo(ProcessBuilder.class);

  /** And of the system's OpenSSL, which may be missing anywhere. */
  @ArchTest
  static final ArchRule ONLY_THE_PLATFORM_CALLS_THE_C_LIBRARY =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.peer.core.platform..", "dev.peer.core.openssl..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("java.lang.foreign..");

  /** What runs tests needs Linux, and says so first; everything else works without. */
  @ArchTest
  static final ArchRule ONLY_THE_PLATFORM_AND_MACHINES_KNOW_LINUX =
      classes()
          .that()
          .resideOutsideOfPackages("dev.peer.core.platform..", "dev.peer.vm..")
          .should(
              ArchCondition.from(
                  DescribedPredicate.describe(
                      "have no text that names what Linux alone has",
                      named -> constants(named).noneMatch(OF_LINUX.asMatchPredicate()))));

  @ArchTest
  static final ArchRule ONLY_COMMANDS_EXIT =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.peer.cli..", "dev.peer.pki.cli..")
          .should()
          .callMethod(System.class, "exit", int.class);

  @ArchTest
  static final ArchRule ONLY_COMMANDS_PRINT =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.peer.cli..", "dev.peer.pki.cli..")
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");

  /** The texts in a class's file, those that are joined with others included. */
  private static Stream<String> constants(JavaClass named) {
    try (InputStream bytes = named.getSource().orElseThrow().getUri().toURL().openStream()) {
      List<String> constants = new ArrayList<>();
      for (PoolEntry entry : ClassFile.of().parse(bytes.readAllBytes()).constantPool()) {
        if (entry instanceof StringEntry text) {
          constants.add(text.stringValue());
        }
      }
      return constants.stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ArchTest
  static void everyPackageUsesWhatItMay(JavaClasses all) {
    MAY_USE.forEach(
        (name, used) ->
            classes()
                .that()
                .resideInAPackage("dev.peer." + name)
                .should()
                .onlyDependOnClassesThat(foreignOrIn(name, used))
                .check(all));
  }

  @ArchTest
  static void everyPackageIsInTheTable(JavaClasses all) {
    List<String> known = new ArrayList<>();
    MAY_USE.keySet().forEach(name -> known.add("dev.peer." + name));
    classes().should().resideInAnyPackage(known.toArray(String[]::new)).check(all);
  }

  private static DescribedPredicate<JavaClass> foreignOrIn(String name, List<String> used) {
    DescribedPredicate<JavaClass> allowed =
        DescribedPredicate.not(resideInAPackage("dev.peer.."))
            .or(resideInAPackage("dev.peer." + name));
    for (String other : used) {
      String below = WHOLE.contains(other) ? ".." : "";
      allowed = allowed.or(resideInAPackage("dev.peer." + other + below));
    }
    return allowed.as("what " + name + " may use");
  }
}
