using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Media.Srtp;
using Tandem.Storage.Security;

namespace Tandem.Storage.Extensions;

/// <summary>A row of <c>extensions</c>.</summary>
internal sealed class ExtensionRow
{
    /// <summary>What extension secrets are sealed for.</summary>
    public const string Purpose = "sip";

    public string TenantId { get; set; } = "";

    public string Number { get; set; } = "";

    public string Secret { get; set; } = "";

    public string DisplayName { get; set; } = "";

    public string Algorithms { get; set; } = "";

    public long Enabled { get; set; }

    public string Srtp { get; set; } = "";

    public string Codecs { get; set; } = "";

    public long Recorded { get; set; }

    public long Version { get; set; }

    public long? DeletedAt { get; set; }

    /// <exception cref="StorageException">The secret was sealed with another key.</exception>
    public Extension ToExtension(SecretBox box)
    {
        var tenant = new TenantId(TenantId);
        var secret = box.TryUnseal(tenant, Number, Purpose, Secret)
            ?? throw new StorageException(
                $"the secret of extension {Number} was sealed with another key than {box.KeyFile}: put the key of this database there, or reset the secret (tandem extensions reset-secret {Number})");
        return new Extension(tenant, Number, secret, DisplayName, Algorithms, Enabled != 0)
        {
            Srtp = Enum.TryParse<SrtpPolicy>(Srtp, ignoreCase: true, out var policy) ? policy : null,
            Codecs = Codecs,
            IsRecorded = Recorded != 0,
        };
    }
}
