using Tandem.Storage.Database;

namespace Tandem.Storage.Audit;

/// <summary>A row of <c>audit_log</c>. Its key exists at most once, so a write that is repeated adds nothing.</summary>
internal sealed record AuditRow(
    string EntryId, string TenantId, long At, string ActorKind, string Actor, string ActorId, string Source, string Action, string Target, string Detail) : IRow
{
    public const string InsertSql = """
        INSERT INTO audit_log (entry_id, tenant_id, at, actor_kind, actor, actor_id, source, action, target, detail)
        VALUES (@entry, @tenant, @at, @kind, @actor, @actor_id, @source, @action, @target, @detail)
        ON CONFLICT (entry_id) DO NOTHING
        """;

    public static AuditRow From(AuditEntry entry, DateTimeOffset now) => new(
        Guid.CreateVersion7(now).ToString("N"), entry.Tenant.Value, now.ToStored(), entry.ActorKind, StoredText.Clean(entry.Actor), StoredText.Clean(entry.ActorId),
        StoredText.Clean(entry.Source), StoredText.Clean(entry.Action), StoredText.Clean(entry.Target), StoredText.Clean(entry.Detail));

    public void Bind(ref RowParameters parameters)
    {
        parameters.Add("entry", EntryId);
        parameters.Add("tenant", TenantId);
        parameters.Add("at", At);
        parameters.Add("kind", ActorKind);
        parameters.Add("actor", Actor);
        parameters.Add("actor_id", ActorId);
        parameters.Add("source", Source);
        parameters.Add("action", Action);
        parameters.Add("target", Target);
        parameters.Add("detail", Detail);
    }
}
