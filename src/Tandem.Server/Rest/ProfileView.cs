using Tandem.Calls.Trunks;
using Tandem.Core.Text;

namespace Tandem.Server.Rest;

/// <summary>A SIP profile as the API shows it: never its password or its private key.</summary>
public sealed record ProfileView(
    string Id, string Name, string Server, int Port, string Transport, string UserName, string AuthenticationName, bool HasPassword, string Realm, string Domain,
    string OutboundProxy, string CallerId, string CallerName, string Codecs, string Srtp, int ExpirySeconds, string FromUser, string Identity, string EarlyMedia, string CountryCode,
    string NationalPrefix, string InternationalPrefix, string NumberFormat, string ClientCertificate, bool HasClientKey, DateTimeOffset? ClientCertificateExpiresAt, string TrustedCertificates, string InboundCertificate, bool Registers, IReadOnlyList<string> Prefixes, int HealthIntervalSeconds, int Priority,
    int Weight, int MaxCalls, int MaxCallsPerSecond, bool Enabled, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt, long Version, ProfileStateView? State)
{
    /// <param name="profile">The profile.</param>
    /// <param name="state">How it stands; null when that is not known.</param>
    /// <param name="usage">Its calls; null as above.</param>
    /// <param name="withHistory">Shows what happened as well.</param>
    /// <param name="warning">What keeps it from working here; empty for nothing.</param>
    public static ProfileView From(SipProfile profile, ProfileState? state, ProfileUsage? usage, bool withHistory, string warning = "") => new(
        profile.Id.Value, profile.Name, profile.Server, profile.Port, Word(profile.Transport), profile.UserName, profile.AuthenticationName,
        profile.Password.Reveal().Length > 0, profile.Realm, profile.Domain, profile.OutboundProxy, profile.CallerId, profile.CallerName, profile.Codecs,
        profile.Srtp is { } srtp ? Word(srtp) : "default", profile.ExpirySeconds, Word(profile.FromUser), Word(profile.Identity), Word(profile.EarlyMedia), profile.Numbers.CountryCode,
        profile.Numbers.NationalPrefix, profile.Numbers.InternationalPrefix, Word(profile.Numbers.Format),
        profile.ClientCertificate, profile.ClientKey.Reveal().Length > 0, ProfileTls.ExpiryOf(profile), profile.TrustedCertificates, Word(profile.InboundCertificate), profile.Registers,
        [.. profile.Prefixes.Select(prefix => prefix.ToString())], profile.HealthIntervalSeconds, profile.Priority, profile.Weight, profile.MaxCalls,
        profile.MaxCallsPerSecond, profile.Enabled, profile.CreatedAt, profile.ChangedAt, profile.Version,
        state is null ? null : ProfileStateView.From(state, usage, withHistory, warning));

    internal static string Word<T>(T value)
        where T : struct, Enum => EnumText.Camel(value);
}

/// <summary>How a profile stands with its provider.</summary>
/// <param name="Status">disabled, trying, registered, failed, or ready for one that needs no registration.</param>
/// <param name="Since">Since when.</param>
/// <param name="ExpiresAt">When the registration ends unless it is refreshed.</param>
/// <param name="NextAttemptAt">When the next REGISTER is due.</param>
/// <param name="SipStatus">The status of the last answer; 0 when there was none.</param>
/// <param name="Text">What that means.</param>
/// <param name="ProviderText">The provider's own words.</param>
/// <param name="Reachable">Whether it answers OPTIONS; null when it is not asked.</param>
/// <param name="Calls">Calls in progress.</param>
/// <param name="Warning">What keeps the profile from working on this node although its settings are accepted; empty for nothing.</param>
/// <param name="Unproven">Calls in its name that lacked the certificate which it requires; null when there were none.</param>
/// <param name="History">What happened, the oldest first; null in lists.</param>
public sealed record ProfileStateView(
    string Status, DateTimeOffset Since, DateTimeOffset? ExpiresAt, DateTimeOffset? NextAttemptAt, int SipStatus, string Text, string ProviderText, string Target,
    string PublicAddress, bool? Reachable, int Failures, int Calls, string Warning, UnprovenView? Unproven, IReadOnlyList<ProfileHistoryView>? History)
{
    internal static ProfileStateView From(ProfileState state, ProfileUsage? usage, bool withHistory, string warning) => new(
        ProfileView.Word(state.Status), state.Since, state.ExpiresAt, state.NextAttemptAt, state.SipStatus, state.Text, state.ProviderText, state.Target,
        state.PublicAddress, state.IsReachable, state.Failures, usage?.Calls ?? 0, warning, usage?.Unproven is { } claim ? new UnprovenView(claim.Count, claim.At, claim.From, claim.Text) : null,
        withHistory ? [.. state.History.Select(e => new ProfileHistoryView(e.At, ProfileView.Word(e.Status), e.SipStatus, e.Text, e.ProviderText))] : null);
}

/// <summary>Calls in the name of a provider that were treated as a stranger's, since the start of this node.</summary>
/// <param name="Count">How many.</param>
/// <param name="LastAt">When the last one came.</param>
/// <param name="LastFrom">Where it came from.</param>
/// <param name="Text">Why it was not believed.</param>
public sealed record UnprovenView(long Count, DateTimeOffset LastAt, string LastFrom, string Text);

/// <summary>Something that happened between a profile and its provider.</summary>
public sealed record ProfileHistoryView(DateTimeOffset At, string Status, int SipStatus, string Text, string ProviderText);
