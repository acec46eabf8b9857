using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Storage.Database;
using Tandem.Storage.Security;

namespace Tandem.Storage.Profiles;

/// <summary>A row of <c>sip_profiles</c>.</summary>
internal sealed class ProfileRow
{
    private static readonly Core.Privacy.Secret NoKey = new("");

    public string ProfileId { get; set; } = "";

    public string TenantId { get; set; } = "";

    public string Name { get; set; } = "";

    public long Enabled { get; set; }

    public string Secret { get; set; } = "";

    public string ClientKey { get; set; } = "";

    public string Token { get; set; } = "";

    public string Settings { get; set; } = "";

    public long Version { get; set; }

    public long CreatedAt { get; set; }

    public long ChangedAt { get; set; }

    public long? DeletedAt { get; set; }

    /// <exception cref="StorageException">The password was sealed with another key, or the settings cannot be read.</exception>
    public SipProfile ToProfile(SecretBox box)
    {
        var tenant = new TenantId(TenantId);
        var password = box.TryUnseal(tenant, ProfileId, ProfileKeys.Purpose, Secret)
            ?? throw new StorageException(
                $"the password of SIP profile {Name} was sealed with another key than those in {Path.GetDirectoryName(box.KeyFile)}: put the keys of this database there, or set the password again (tandem profiles set {Name} --password-stdin)");
        var key = ClientKey.Length == 0 ? NoKey : box.TryUnseal(tenant, ProfileId, ProfileKeys.KeyPurpose, ClientKey)
            ?? throw new StorageException(
                $"the client key of SIP profile {Name} was sealed with another key than those in {Path.GetDirectoryName(box.KeyFile)}: put the keys of this database there, or set it again (tandem profiles set {Name} --client-key FILE)");
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
