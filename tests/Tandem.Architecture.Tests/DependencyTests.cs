using System.Xml.Linq;

namespace Tandem.Architecture.Tests;

/// <summary>Dependencies point one way: Core ← Sip, Media ← Calls ← Storage, Cluster ← Server.</summary>
public class DependencyTests
{
    /// <summary>What each room may reference directly. A room that is not listed fails the test until it is.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Tandem.Core"] = [],
        ["Tandem.Sip"] = ["Tandem.Core"],
        ["Tandem.Media"] = ["Tandem.Core"],
        ["Tandem.Calls"] = ["Tandem.Core", "Tandem.Sip", "Tandem.Media"],
        ["Tandem.Storage"] = ["Tandem.Core", "Tandem.Calls"],
        ["Tandem.Cluster"] = ["Tandem.Core", "Tandem.Sip", "Tandem.Calls"],
        ["Tandem.Server"] = ["Tandem.Core", "Tandem.Sip", "Tandem.Media", "Tandem.Calls", "Tandem.Storage", "Tandem.Cluster"],
    };

    public static TheoryData<string> Rooms => [.. Directory.GetDirectories(Path.Combine(Repository.Root, "src")).Select(d => Path.GetFileName(d)!)];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_references_only_the_rooms_below_it(string room)
    {
        Assert.True(Allowed.TryGetValue(room, out var allowed), $"{room} has no place in the order of the rooms");
        var references = XDocument.Load(Path.Combine(Repository.Root, "src", room, room + ".csproj"))
            .Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(((string)r.Attribute("Include")!).Replace('\\', '/')));
        Assert.Empty(references.Except(allowed));
    }

    [Theory]
    [InlineData("Tandem.Core")]
    [InlineData("Tandem.Sip")]
    [InlineData("Tandem.Media")]
    [InlineData("Tandem.Calls")]
    public void A_room_of_the_exchange_itself_needs_no_package(string room)
    {
        var packages = XDocument.Load(Path.Combine(Repository.Root, "src", room, room + ".csproj")).Descendants("PackageReference");
        Assert.Empty(packages);
    }

    [Theory]
    [InlineData("System.Data")]
    [InlineData("Microsoft.Data.Sqlite")]
    [InlineData("Npgsql")]
    [InlineData("Dapper")]
    [InlineData("Microsoft.AspNetCore")]
    [InlineData("Serilog")]
    public void No_type_of_an_adapter_crosses_into_the_exchange(string name)
    {
        var offenders = new[] { "src/Tandem.Core", "src/Tandem.Sip", "src/Tandem.Media", "src/Tandem.Calls" }
            .SelectMany(folder => Repository.Files(folder, "*.cs"))
            .Where(path => Repository.Lines(path).Any(line => line.StartsWith($"using {name}", StringComparison.Ordinal) || line.Contains($" {name}.")));
        Assert.Empty(offenders);
    }

    [Fact]
    public void Only_transport_folders_of_sip_and_media_use_sockets()
    {
        var offenders = new[] { "src/Tandem.Sip", "src/Tandem.Media", "src/Tandem.Calls" }
            .SelectMany(folder => Repository.Files(folder, "*.cs"))
            .Where(path => !path.Contains("/Transport/"))
            .Where(path => Repository.Lines(path).Any(line => line.StartsWith("using System.Net.Sockets", StringComparison.Ordinal)));
        Assert.Empty(offenders);
    }

    [Fact]
    public void Engines_neither_wait_nor_start_threads()
    {
        string[] banned = ["Task.Run(", "new Thread(", "ThreadPool.", "PeriodicTimer(", "TimeProvider.System", "lock ("];
        var offenders =
            from path in Repository.Files("src/Tandem.Sip", "*.cs").Concat(Repository.Files("src/Tandem.Media", "*.cs"))
            where path.Contains("/Transactions/") || path.Contains("/Dialogs/") || path.Contains("/Engine/") || path.Contains("/Parsing/")
                || path.Contains("/Messages/") || path.Contains("/Writing/") || path.Contains("/Sdp/") || path.Contains("/Rtp/")
                || path.Contains("/Rtcp/") || path.Contains("/Plan/")
            from line in Repository.Lines(path)
            where banned.Any(word => line.Contains(word)) && !line.TrimStart().StartsWith("//")
            select $"{path}: {line.Trim()}";
        Assert.Empty(offenders);
    }
}
