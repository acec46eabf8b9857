namespace Tandem.Testing;

/// <summary>A folder of one test, deleted with all that is in it.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("tandem-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
