using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Storage.Database;
using Tandem.Storage.Security;

namespace Tandem.Storage.Profiles;

/// <summary>A row of <c>sip_profiles</c>.</summary>
internal sealed class ProfileRow : SealedRow
{
    private static readonly Core.Privacy.Secret NoKey = new("");

    public string ProfileId { get; set; } = "";

    public string Name { get; set; } = "";

    public string ClientKey { get; set; } = "";

    public string Token { get; set; } = "";

    public string Settings { get; set; } = "";

    public long CreatedAt { get; set; }

    public long ChangedAt { get; set; }

    /// <exception cref="StorageException">The password was sealed with another key, or the settings cannot be read.</exception>
    public SipProfile ToProfile(SecretBox box)
    {
        var tenant = new TenantId(TenantId);
        var password = Open(box, ProfileId, ProfileKeys.Purpose, Secret, $"password of SIP profile {Name}", $"set the password again (tandem profiles set {Name} --password-stdin)");
        var key = ClientKey.Length == 0
            ? NoKey
            : Open(box, ProfileId, ProfileKeys.KeyPurpose, ClientKey, $"client key of SIP profile {Name}", $"set it again (tandem profiles set {Name} --client-key FILE)");
        return ProfileSettings.Read(Settings, new SipProfile
        {
            Id = new ProfileId(ProfileId),
            Tenant = tenant,
            Name = Name,
            Server = "",
            Password = password,
            ClientKey = key,
            Token = Token,
            Enabled = Enabled != 0,
            CreatedAt = CreatedAt.ToTime(),
            ChangedAt = ChangedAt.ToTime(),
            Version = Version,
        });
    }
}
