using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;

namespace Tandem.Storage.Security;

/// <summary>What rows of things with a secret share: it lies sealed, nodes follow the version, and a removed one stays as a tombstone.</summary>
internal abstract class SealedRow
{
    public string TenantId { get; set; } = "";

    /// <summary>Sealed, see <see cref="SecretBox"/>.</summary>
    public string Secret { get; set; } = "";

    public long Enabled { get; set; }

    public long Version { get; set; }

    public long? DeletedAt { get; set; }

    /// <summary>A secret, opened.</summary>
    /// <param name="box">The key.</param>
    /// <param name="owner">The name that it was sealed for.</param>
    /// <param name="purpose">What it was sealed for.</param>
    /// <param name="sealedText">The sealed one.</param>
    /// <param name="what">What it is, for people.</param>
    /// <param name="mend">What else can be done, for people.</param>
    /// <exception cref="StorageException">It was sealed with another key.</exception>
    protected Secret Open(SecretBox box, string owner, string purpose, string sealedText, string what, string mend) =>
        box.TryUnseal(new TenantId(TenantId), owner, purpose, sealedText)
        ?? throw new StorageException($"the {what} was sealed with another key than those in {Path.GetDirectoryName(box.KeyFile)}: put the keys of this database there, or {mend}");
}
