using Tandem.Storage.Database;

namespace Tandem.Storage.Bindings;

/// <summary>The key of a binding that goes.</summary>
internal sealed class BindingKeyRow : IRow
{
    public const string DeleteSql = "DELETE FROM bindings WHERE tenant_id = @tenant AND number = @number AND contact_uri = @contact";

    public string TenantId { get; set; } = "";

    public string Number { get; set; } = "";

    public string ContactUri { get; set; } = "";

    public void Bind(ref RowParameters parameters)
    {
        parameters.Add("tenant", TenantId);
        parameters.Add("number", Number);
        parameters.Add("contact", ContactUri);
    }
}
