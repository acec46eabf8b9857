using Tandem.Calls.Tenants;

namespace Tandem.Calls.Trunks;

/// <summary>The directory of an exchange without profiles.</summary>
public sealed class NoProfiles : IProfileDirectory
{
    public Action<ProfileId>? Changed { get; set; }

    public SipProfile? Find(ProfileId id) => null;

    public SipProfile? FindToken(ReadOnlySpan<char> token) => null;

    public IReadOnlyList<SipProfile> Of(TenantId tenant) => [];

    public IReadOnlyList<SipProfile> All() => [];

    public IReadOnlyList<SipProfile> WithPrefixes() => [];

    public ProfileNumber? FindNumber(TenantId tenant, string number) => null;
}
