namespace Tandem.Media.Plan;

/// <summary>The credentials of ICE (RFC 8445 §5.3) of one transport. We are a lite agent (§2.5): no remote candidates are needed.</summary>
/// <param name="LocalUfrag">Ours, as our SDP names it.</param>
/// <param name="LocalPassword">Ours; checks of the peer are signed with it.</param>
/// <param name="RemoteUfrag">The peer's.</param>
/// <param name="RemotePassword">The peer's; our answers to its checks are signed with our own, our consent checks with this one.</param>
/// <param name="RemoteIsLite">The peer is lite too (§6.1.1): nobody checks, media goes to the default candidate.</param>
public sealed record IcePlan(string LocalUfrag, string LocalPassword, string RemoteUfrag, string RemotePassword, bool RemoteIsLite)
{
    public override string ToString() => $"{LocalUfrag} {RemoteUfrag}";
}
