using Tandem.Calls.Tenants;

namespace Tandem.Calls.Ports;

/// <summary>Looks up extensions. Called on a shard for every request: it answers from memory and follows changes by itself.</summary>
public interface IExtensionDirectory
{
    /// <summary>The extension, or null when the tenant has none with that number.</summary>
    Extension? Find(TenantId tenant, string number);
}
