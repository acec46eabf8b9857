using Tandem.Storage.Database;

namespace Tandem.Storage.Bindings;

/// <summary>The key of a binding that goes.</summary>
internal sealed class BindingKeyRow : IRow
{
    public const string DeleteSql = "DELETE FROM bindings WHERE tenant_id = @tenant AND number = @number AND binding_key = @key AND node_id = @node";

    public string TenantId { get; set; } = "";

    public string Number { get; set; } = "";

    /// <summary><see cref="Tandem.Calls.Registrar.Binding.Key"/>.</summary>
    public string BindingKey { get; set; } = "";

    /// <summary>The node that lets it go: a phone that moved to another has its row there.</summary>
    public string NodeId { get; set; } = "";

    public void Bind(ref RowParameters parameters)
    {
        parameters.Add("tenant", TenantId);
        parameters.Add("number", Number);
        parameters.Add("key", BindingKey);
        parameters.Add("node", NodeId);
    }
}
