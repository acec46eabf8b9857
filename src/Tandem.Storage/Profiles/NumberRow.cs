using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;

namespace Tandem.Storage.Profiles;

/// <summary>A row of <c>sip_profile_numbers</c>.</summary>
internal sealed class NumberRow
{
    public string TenantId { get; set; } = "";

    public string Number { get; set; } = "";

    public string ProfileId { get; set; } = "";

    public string Target { get; set; } = "";

    public string Label { get; set; } = "";

    public long Version { get; set; }

    public long? DeletedAt { get; set; }

    public ProfileNumber ToNumber() =>
        new(new TenantId(TenantId), Number, ProfileId.Length == 0 ? null : new ProfileId(ProfileId), Target, Label);
}
