package dev.peer;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which package may use which: the arrows of the house. */
@AnalyzeClasses(packages = "dev.peer", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  private static final Map<String, List<String>> MAY_USE = new TreeMap<>();

  static {
    allow("core.id");
    allow("core.key", "core.id");
    allow("core.network", "core.id");
    allow("core.record", "core.id", "core.key");
    allow("core.scratch");
    allow("core.trust", "core.id");
    allow("core.timestamp", "core.id", "core.trust");
    allow("core.secret", "core.id", "core.key", "core.record");
    allow("core.sign", "core.id", "core.key", "core.record", "core.timestamp", "core.trust");
    allow("core.store", "core.id", "core.key", "core.record", "core.scratch", "core.sign");
    allow("core.flow", "core");
    allow("vm.image", "core.id", "core.record", "core.scratch", "core.sign");
    allow("vm.network", "core.network");
    allow(
        "vm.qemu",
        "core.id",
        "core.network",
        "core.record",
        "core.scratch",
        "vm.image",
        "vm.network");
    allow("vm.guest", "core.id", "core.record", "core.secret");
    allow(
        "vm.snapshot", "core.id", "core.key", "core.record", "core.scratch", "vm.image", "vm.qemu");
    allow("vm.exec", "core", "vm");
    allow("config", "core.id", "core.key", "core.network", "core.record", "core.trust");
    allow("home");
    allow("reload", "config", "core.trust");
    allow("schedule", "core", "daemon", "source");
    allow("secret", "core.id", "core.scratch", "core.secret");
    allow("setup", "core.key");
    allow("source", "core.flow", "core.id", "core.key", "core.record");
    allow("tls", "core.id", "core.trust");
    allow("wire", "core.id", "core.record", "core.sign");
    allow("metrics");
    allow("http", "core.id", "core.record", "core.trust", "metrics", "tls", "wire");
    allow("server", "core", "http", "metrics", "tls", "wire");
    allow(
        "rendezvous",
        "core.id",
        "core.record",
        "core.timestamp",
        "core.trust",
        "http",
        "metrics",
        "tls",
        "wire");
    allow("rendezvous.etcd", "core.id", "core.record", "rendezvous", "tls", "wire");
    allow("relay", "core.id", "core.record", "core.trust", "http", "metrics", "tls", "wire");
    allow("client", "core", "http", "server", "tls", "wire");
    allow("daemon", "core", "client", "http", "server", "tls");
    allow("handover", "core.flow", "core.record", "core.scratch", "daemon", "wire");
    allow("terminal", "vm.guest");
    allow(
        "cli",
        "core",
        "vm",
        "config",
        "home",
        "reload",
        "secret",
        "setup",
        "source",
        "terminal",
        "tls",
        "http",
        "metrics",
        "server",
        "rendezvous",
        "relay",
        "client",
        "daemon",
        "schedule",
        "handover",
        "wire");
    allow("pki.issue", "core.id", "core.trust");
    allow("pki.cli", "core", "pki.issue");
  }

  private static void allow(String name, String... used) {
    MAY_USE.put(name, List.of(used));
  }

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices().matching("dev.peer.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule ONLY_TLS_KNOWS_TLS =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.peer.tls..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("javax.net.ssl..");

  /** What asks etcd, and the connections that it asks on; nothing else loads it. */
  @ArchTest
  static final ArchRule ONLY_ETCD_AND_TLS_KNOW_GRPC =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.peer.rendezvous.etcd..", "dev.peer.tls..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.grpc..", "io.netty..", "io.etcd..", "com.google.protobuf..");

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

  /** Machines, and peer itself in the background. */
  @ArchTest
  static final ArchRule ONLY_MACHINES_AND_DAEMONS_ARE_STARTED =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "dev.peer.vm.qemu..", "dev.peer.vm.image..", "dev.peer.handover..")
          .should()
          .dependOnClassesThat()
          .areAssignableTo(ProcessBuilder.class);

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
      allowed = allowed.or(resideInAPackage("dev.peer." + other + ".."));
    }
    return allowed.as("what " + name + " may use");
  }
}
