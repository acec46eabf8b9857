using System.Data.Common;
using Dapper;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Storage.Database;
using Tandem.Storage.Recordings;
using Tandem.Storage.Security;

namespace Tandem.Storage.Profiles;

/// <summary>
/// Seals the passwords and client keys of all profiles anew with another key, in one transaction. A server may run meanwhile; wherever it breaks off, both
/// keys are there and everything can be read, and the next attempt finishes with the key that was made.
/// </summary>
internal sealed class ProfileKeyRotation(TandemDatabase database, SecretBox box, Action<RotationStep>? reached = null)
{
    private readonly ProfileKeys _keys = box.Profiles;

    /// <exception cref="StorageException">A key cannot be read, made or removed.</exception>
    public async Task<RotationReport> RunAsync(CancellationToken cancellation)
    {
        if (!await IsUnfinishedAsync(cancellation))
            _keys.MakeNext();
        reached?.Invoke(RotationStep.HasKey);

        var current = _keys.Current()!.Value.Id;
        var (wrapped, kept, unreadable) = await SealAnewAsync(current, cancellation);
        reached?.Invoke(RotationStep.Committed);

        // What cannot be read may be read by a key that somebody looks for: nothing goes then.
        var removed = new List<string>();
        foreach (var id in unreadable > 0 ? [] : _keys.Ids())
        {
            if (id == current)
                continue;

            _keys.Remove(id);
            removed.Add(_keys.FileOf(id));
            reached?.Invoke(RotationStep.Removed);
        }

        return new RotationReport(wrapped, kept, unreadable, _keys.FileOf(current), removed);
    }

    // Another key than the newest is still there, or has sealed something that is in use.
    private async Task<bool> IsUnfinishedAsync(CancellationToken cancellation)
    {
        if (_keys.Ids() is not [.., var newest] ids)
            return false;
        if (ids.Count > 1)
            return true;

        await using var connection = await database.ConnectAsync(cancellation);
        return (await ReadAsync(connection, null, cancellation)).Exists(row => row.Texts.Any(text => SecretBox.KeyIdOf(text) != newest));
    }

    // Who saves a profile raises the version of the topic before he seals: he is either before us, and his row is seen here, or after us, and finds the new key.
    private async Task<(int Wrapped, int Kept, int Unreadable)> SealAnewAsync(byte current, CancellationToken cancellation)
    {
        var (wrapped, kept, unreadable) = (0, 0, 0);
        await using var connection = await database.ConnectAsync(cancellation);
        await using var transaction = database.BeginExclusive(connection);
        await ChangeFollower.RaiseAsync(connection, transaction, ProfileDirectory.Topic, cancellation);
        foreach (var row in await ReadAsync(connection, transaction, cancellation))
        {
            if (row.Texts.All(text => SecretBox.KeyIdOf(text) == current))
            {
                kept++;
                continue;
            }

            if (Again(row, row.Secret, ProfileKeys.Purpose) is not { } secret || Again(row, row.ClientKey, ProfileKeys.KeyPurpose) is not { } clientKey)
            {
                unreadable++;
                continue;
            }

            await connection.ExecuteAsync(new CommandDefinition(
                "UPDATE sip_profiles SET secret = @secret, client_key = @clientKey WHERE profile_id = @ProfileId", new { secret, clientKey, row.ProfileId }, transaction, cancellationToken: cancellation));
            wrapped++;
            reached?.Invoke(RotationStep.Wrapped);
        }

        await transaction.CommitAsync(cancellation);
        return (wrapped, kept, unreadable);
    }

    private string? Again(Row row, string text, string purpose)
    {
        if (text.Length == 0)
            return "";

        var tenant = new TenantId(row.TenantId);
        return box.TryUnseal(tenant, row.ProfileId, purpose, text) is Secret secret ? box.Seal(tenant, row.ProfileId, purpose, secret) : null;
    }

    private static async Task<List<Row>> ReadAsync(DbConnection connection, DbTransaction? transaction, CancellationToken cancellation) =>
        [.. await connection.QueryAsync<Row>(new CommandDefinition(
            "SELECT profile_id, tenant_id, secret, client_key FROM sip_profiles WHERE deleted_at IS NULL ORDER BY profile_id", transaction: transaction, cancellationToken: cancellation))];

    private sealed class Row
    {
        public string ProfileId { get; set; } = "";

        public string TenantId { get; set; } = "";

        public string Secret { get; set; } = "";

        public string ClientKey { get; set; } = "";

        public IEnumerable<string> Texts => new[] { Secret, ClientKey }.Where(text => text.Length > 0);
    }
}
