using System.Security.Cryptography;
using System.Text;
using Tandem.Storage.Database;

namespace Tandem.Storage.Writing;

/// <summary>Who writes: the node (kept in DATA_DIR/node-id) and this run of its process.</summary>
/// <param name="NodeId">The same over restarts.</param>
/// <param name="RunId">New at each start: open calls of another run of the same node are lost calls.</param>
public sealed record RunIdentity(string NodeId, string RunId)
{
    private const int IdBytes = 8;

    internal static RunIdentity Read(string dataDirectory)
    {
        var file = Path.Combine(dataDirectory, "node-id");
        var node = Encoding.ASCII.GetString(DataDirectory.ReadOrCreate(file, () => Encoding.ASCII.GetBytes(NewId() + "\n"))).Trim();
        return node.Length is > 0 and <= 64
            ? new RunIdentity(node, NewId())
            : throw new StorageException($"{file} must hold a name of 1 to 64 characters");
    }

    private static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
}
