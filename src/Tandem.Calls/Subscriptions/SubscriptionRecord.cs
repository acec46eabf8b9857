using Tandem.Core.Net;

namespace Tandem.Calls.Subscriptions;

/// <summary>A subscription as the API shows it.</summary>
/// <param name="Watcher">The extension that watches.</param>
/// <param name="Number">The extension that is watched.</param>
/// <param name="Package">The event package, for example <c>dialog</c>.</param>
/// <param name="Source">Where the last accepted SUBSCRIBE came from.</param>
/// <param name="ExpiresAt">When it ends unless it is refreshed.</param>
public sealed record SubscriptionRecord(string Watcher, string Number, string Package, NetAddress Source, DateTimeOffset ExpiresAt);
