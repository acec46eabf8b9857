using Tandem.Calls.Tenants;

namespace Tandem.Calls.Trunks;

/// <summary>Looks up SIP profiles and numbers. Called on shards: it answers from memory and follows changes by itself. Thread-safe.</summary>
public interface IProfileDirectory
{
    /// <summary>The profile; null when there is none (any more).</summary>
    SipProfile? Find(ProfileId id);

    /// <summary>The profile whose <see cref="SipProfile.Token"/> that is; null when there is none.</summary>
    SipProfile? FindToken(ReadOnlySpan<char> token);

    /// <summary>The profiles of a tenant, in no order.</summary>
    IReadOnlyList<SipProfile> Of(TenantId tenant);

    /// <summary>All profiles, in no order.</summary>
    IReadOnlyList<SipProfile> All();

    /// <summary>Profiles with networks (<see cref="SipProfile.Prefixes"/>), for calls that only their source names.</summary>
    IReadOnlyList<SipProfile> WithPrefixes();

    /// <summary>A number of a tenant; null when it has none like that.</summary>
    ProfileNumber? FindNumber(TenantId tenant, string number);

    /// <summary>Called for a profile that was added, changed or removed, on the thread that noticed; it must neither block nor throw.</summary>
    Action<ProfileId>? Changed { get; set; }
}
