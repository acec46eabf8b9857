namespace Tandem.Storage.Database;

/// <summary>A row that is written once: what is there with its key already stays as it is.</summary>
internal interface IKeyedRow : IRow
{
    /// <summary>The first column of the key of its table.</summary>
    string Key { get; }
}
