using Tandem.Storage;
using Tandem.Storage.Database;

namespace Tandem.Server.Hosting;

/// <summary>What <c>tandem check</c> says about the database.</summary>
public sealed class DatabaseCheckTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tandem-check").FullName;

    private StorageOptions Options => new() { DataDirectory = _folder };

    private string File => Path.Combine(_folder, "tandem.db");

    [Fact]
    public void No_database_yet_is_no_problem_and_stays_away()
    {
        Assert.Null(TandemDatabase.Probe(Options));
        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public async Task A_database_of_this_program_is_accepted()
    {
        await using (TandemStorage.Open(Options))
        {
        }

        Assert.Null(TandemDatabase.Probe(Options));
    }

    [Fact]
    public void A_damaged_file_is_named()
    {
        System.IO.File.WriteAllText(File, new string('x', 8192));
        Assert.StartsWith($"{File} cannot be opened: ", TandemDatabase.Probe(Options), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
