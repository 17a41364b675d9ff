/**
 * Container images that preparations pull: this host asks the registries, and keeps what they give
 * by its digest, for all repositories. It asks as anybody, so that what it keeps is what anybody
 * gets. Uses {@code vm.network}, {@code core.network} and {@code core.scratch}.
 */
package dev.peer.vm.registry;
