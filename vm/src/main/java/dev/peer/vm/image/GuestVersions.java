package dev.peer.vm.image;

/**
 * What of an image decides how it reads a mkfile and runs stages.
 *
 * @param mk mk's source package, its version and our patches: {@code 9base 1:6-13+5f0c...}
 * @param agent the guest protocol's version and the guest's scripts: {@code 4+5f0c...}
 */
public record GuestVersions(String mk, String agent) {}
