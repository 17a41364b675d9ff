package dev.peer.cli.setup;

import dev.peer.core.key.RunInputs;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A CI platform, and the file that makes it call {@code peer run} for each push: a job for each
 * target, on machines that have {@code peer}, with the certificate from the platform's secrets.
 *
 * <p>A job's time limit is enough for a run to be awaited that goes on elsewhere, for the trunk to
 * be prepared and for the run to be done here, each within {@code PEER_TIMEOUT}'s default of an
 * hour.
 *
 * <p>The clone has the history, because kept disks follow the trunk, and no files of old commits.
 * The trunk is the repository's default branch, never the branch that a pull request is for: its
 * author chooses that one.
 */
public enum CiPlatform {
  GITHUB(".github/workflows/peer.yml", CiPlatform::github),
  GITLAB(".gitlab-ci.yml", CiPlatform::gitlab),
  FORGEJO(".forgejo/workflows/peer.yml", CiPlatform::forgejo),
  WOODPECKER(".woodpecker/peer.yml", CiPlatform::woodpecker),
  JENKINS("Jenkinsfile", CiPlatform::jenkins),
  BUILDKITE(".buildkite/pipeline.yml", CiPlatform::buildkite);

  private static final int MINUTES = 190;

  private final String file;
  private final Function<List<Job>, String> stub;

  CiPlatform(String file, Function<List<Job>, String> stub) {
    this.file = file;
    this.stub = stub;
  }

  /** A job: its name, letters, digits, {@code _} and {@code -}; and its command. */
  private record Job(String name, String command) {

    /** A plain YAML scalar where it is one, else a quoted one. */
    private String yaml() {
      return command.matches("[A-Za-z0-9 ./_-]+") ? command : "'" + command + "'";
    }
  }

  /** Takes the name in lower case. */
  public static CiPlatform parse(String name) {
    for (CiPlatform platform : values()) {
      if (platform.toString().equals(name)) {
        return platform;
      }
    }
    throw new IllegalArgumentException(
        "not a CI platform that is known ("
            + List.of(values()).stream().map(CiPlatform::toString).collect(Collectors.joining(", "))
            + "): "
            + name);
  }

  /** Where the platform looks for the file, from the repository's root. */
  public String file() {
    return file;
  }

  /**
   * The file.
   *
   * @param targets the mk targets, at least one
   */
  public String stub(List<String> targets) {
    Set<String> names = new LinkedHashSet<>();
    List<Job> jobs = new ArrayList<>();
    for (String target : new LinkedHashSet<>(targets)) {
      RunInputs.requireTarget(target);
      String name = "peer-" + target.replaceAll("[^A-Za-z0-9_-]", "-");
      String unique = name;
      for (int n = 2; !names.add(unique); n++) {
        unique = name + "-" + n;
      }
      jobs.add(new Job(unique, "peer run --exit " + target));
    }
    return stub.apply(jobs);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static String github(List<Job> jobs) {
    return """
    # .github/workflows/peer.yml: runs the tests in a sealed machine, or replays what a peer of the team has run.
    #
    # It needs self-hosted runners with the label `peer`, which have peer in PATH, and QEMU if they are to run what nobody
    # has run; the secrets PEER_CERT, PEER_KEY and PEER_CA, each the PEM itself; and PEER_RENDEZVOUS and PEER_IMAGE in the
    # repository's .env. On push, not on pull_request: what is tested is the tree that was pushed, as on a laptop, and not
    # a merge commit that nobody else has. Forks do not get secrets.
    name: peer
    on: push
    permissions:
      contents: read
    jobs:
    """
        + each(jobs, job -> actionsJob(job, "[self-hosted, peer]", "actions/checkout@v4"));
  }

  private static String forgejo(List<Job> jobs) {
    return """
    # .forgejo/workflows/peer.yml: runs the tests in a sealed machine, or replays what a peer of the team has run.
    #
    # It needs runners with the label `peer:host`, which have peer and node in PATH, and QEMU if they are to run what nobody
    # has run; the secrets PEER_CERT, PEER_KEY and PEER_CA, each the PEM itself; and PEER_RENDEZVOUS and PEER_IMAGE in the
    # repository's .env.
    name: peer
    on: push
    jobs:
    """
        + each(
            jobs, job -> actionsJob(job, "peer", "https://data.forgejo.org/actions/checkout@v4"));
  }

  private static String actionsJob(Job job, String runner, String checkout) {
    return """
      %s:
        runs-on: %s
        timeout-minutes: %d
        steps:
          - uses: %s
            with:
              persist-credentials: false
              fetch-depth: 0
              filter: blob:none
          - run: %s
            env:
              PEER_CERT: ${{ secrets.PEER_CERT }}
              PEER_KEY: ${{ secrets.PEER_KEY }}
              PEER_CA: ${{ secrets.PEER_CA }}
              PEER_TRUNK: ${{ github.event.repository.default_branch }}
    """
        .formatted(job.name(), runner, MINUTES, checkout, job.yaml());
  }

  private static String gitlab(List<Job> jobs) {
    return """
    # .gitlab-ci.yml: runs the tests in a sealed machine, or replays what a peer of the team has run.
    #
    # It needs runners with the tag `peer` and the shell executor, which have peer in PATH, and QEMU if they are to run what
    # nobody has run; the project's CI/CD variables PEER_CERT, PEER_KEY and PEER_CA, each the PEM itself, of type Variable
    # (the file that type File makes is open to others, and peer refuses such a key); and PEER_RENDEZVOUS and PEER_IMAGE in
    # the repository's .env.
    """
        + each(
            jobs,
            job ->
                """
                %s:
                  tags: [peer]
                  timeout: %d minutes
                  interruptible: true
                  variables:
                    GIT_DEPTH: 0
                    GIT_FETCH_EXTRA_FLAGS: --prune --quiet --filter=blob:none
                    PEER_TRUNK: $CI_DEFAULT_BRANCH
                  script:
                    - %s
                """
                    .formatted(job.name(), MINUTES, job.yaml()));
  }

  private static String woodpecker(List<Job> jobs) {
    return """
    # .woodpecker/peer.yml: runs the tests in a sealed machine, or replays what a peer of the team has run.
    #
    # It needs an agent with the local backend and the label peer=here (WOODPECKER_AGENT_LABELS), which has peer in PATH,
    # and QEMU if it is to run what nobody has run; the secrets peer_cert, peer_key and peer_ca, each the PEM itself; and
    # PEER_RENDEZVOUS and PEER_IMAGE in the repository's .env. The project's timeout should be %d minutes.
    when:
      - event: push
    labels:
      peer: here
    clone:
      git:
        image: woodpeckerci/plugin-git
        settings:
          depth: 0
          partial: false
    steps:
    """
            .formatted(MINUTES)
        + each(
            jobs,
            job ->
                """
                  - name: %s
                    image: bash
                    depends_on: []
                    commands:
                      - git fetch -q origin "+refs/heads/$PEER_TRUNK:refs/remotes/origin/$PEER_TRUNK" || true
                      - %s
                    environment:
                      PEER_TRUNK: ${CI_REPO_DEFAULT_BRANCH}
                      PEER_CERT:
                        from_secret: peer_cert
                      PEER_KEY:
                        from_secret: peer_key
                      PEER_CA:
                        from_secret: peer_ca
                """
                    .formatted(job.name(), job.yaml()));
  }

  private static String jenkins(List<Job> jobs) {
    return """
    // Jenkinsfile: runs the tests in a sealed machine, or replays what a peer of the team has run.
    //
    // It needs agents with the label `peer`, which have peer in PATH, and QEMU if they are to run what nobody has run; the
    // credentials peer-cert, peer-key and peer-ca, each a secret file with the PEM; and PEER_RENDEZVOUS and PEER_IMAGE in
    // the repository's .env. What is kept follows the trunk: put its name below in place of `main`, and have the branch
    // source fetch it, too (`Specify ref specs`: +refs/heads/*:refs/remotes/@{remote}/*), not shallow.
    pipeline {
        agent none
        options {
            timeout(time: %d, unit: 'MINUTES')
        }
        stages {
            stage('peer') {
                parallel {
    """
            .formatted(MINUTES)
        + each(
            jobs,
            job ->
                """
                                stage('%s') {
                                    agent { label 'peer' }
                                    environment {
                                        PEER_CERT = credentials('peer-cert')
                                        PEER_KEY = credentials('peer-key')
                                        PEER_CA = credentials('peer-ca')
                                        PEER_TRUNK = 'main'
                                    }
                                    steps {
                                        sh '%s'
                                    }
                                }
                """
                    .formatted(job.name(), job.command()))
        + """
                    }
                }
            }
        }
        """;
  }

  private static String buildkite(List<Job> jobs) {
    return """
    # .buildkite/pipeline.yml: runs the tests in a sealed machine, or replays what a peer of the team has run.
    #
    # It needs agents of the queue `peer`, which have peer in PATH, and QEMU if they are to run what nobody has run; in their
    # environment hook PEER_CERT, PEER_KEY and PEER_CA, each the PEM itself or its file, from wherever you keep secrets
    # (`buildkite-agent secret get PEER_KEY`); and PEER_RENDEZVOUS and PEER_IMAGE in the repository's .env.
    steps:
    """
        + each(
            jobs,
            job ->
                """
                  - label: %s
                    key: %s
                    command: %s
                    env:
                      PEER_TRUNK: ${BUILDKITE_PIPELINE_DEFAULT_BRANCH}
                    agents:
                      queue: peer
                    timeout_in_minutes: %d
                """
                    .formatted(job.name(), job.name(), job.yaml(), MINUTES));
  }

  private static String each(List<Job> jobs, Function<Job, String> text) {
    return jobs.stream().map(text).collect(Collectors.joining());
  }
}
