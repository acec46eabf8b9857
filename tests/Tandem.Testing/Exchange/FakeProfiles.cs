using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;

namespace Tandem.Testing.Exchange;

/// <summary>SIP profiles and numbers in memory.</summary>
public sealed class FakeProfiles : IProfileDirectory
{
    private readonly Dictionary<ProfileId, SipProfile> _profiles = [];
    private IReadOnlyList<SipProfile> _withPrefixes = [];

    public Action<ProfileId>? Changed { get; set; }

    public List<ProfileNumber> Numbers { get; } = [];

    /// <summary>Adds or changes a profile, and tells of it.</summary>
    public SipProfile Save(SipProfile profile)
    {
        _profiles[profile.Id] = profile;
        _withPrefixes = [.. _profiles.Values.Where(p => p is { Enabled: true, Prefixes.Count: > 0 })];
        Changed?.Invoke(profile.Id);
        return profile;
    }

    public void Remove(ProfileId id)
    {
        _profiles.Remove(id);
        _withPrefixes = [.. _profiles.Values.Where(p => p is { Enabled: true, Prefixes.Count: > 0 })];
        Changed?.Invoke(id);
    }

    public SipProfile? Find(ProfileId id) => _profiles.GetValueOrDefault(id);

    public SipProfile? FindToken(ReadOnlySpan<char> token)
    {
        foreach (var profile in _profiles.Values)
        {
            if (token.SequenceEqual(profile.Token))
                return profile;
        }

        return null;
    }

    public IReadOnlyList<SipProfile> Of(TenantId tenant) => [.. _profiles.Values.Where(profile => profile.Tenant == tenant)];

    public IReadOnlyList<SipProfile> All() => [.. _profiles.Values];

    public IReadOnlyList<SipProfile> WithPrefixes() => _withPrefixes;

    public ProfileNumber? FindNumber(TenantId tenant, string number) => Numbers.Find(n => n.Tenant == tenant && n.Number == number);
}
