namespace Tandem.Storage.Database;

/// <summary>A row that binds itself to the parameters of the statement that writes it, always in the same order.</summary>
internal interface IRow
{
    void Bind(ref RowParameters parameters);
}
