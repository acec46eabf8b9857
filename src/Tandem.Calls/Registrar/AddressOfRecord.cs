namespace Tandem.Calls.Registrar;

/// <summary>The bindings of one address-of-record, as its owner shard works on them.</summary>
internal sealed class AddressOfRecord(AorKey key)
{
    public AorKey Key => key;

    /// <summary>In the order in which they were made; at most <see cref="RegistrarOptions.MaxContacts"/>.</summary>
    public List<BindingEntry> Entries { get; } = [];
}
