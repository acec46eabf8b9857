namespace Tandem.Scenarios.Peers;

/// <summary>Wireshark's command line: reads capture files as people's tools do.</summary>
public static class Tshark
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <summary>The fields of each packet of a file, tabs between them; lines of packets that have none of them are empty.</summary>
    public static async Task<string[]> FieldsAsync(ScratchFolder scratch, byte[] capture, string filter, params string[] fields)
    {
        var file = Path.Combine(scratch.Path, $"{Guid.NewGuid():N}.pcap");
        await File.WriteAllBytesAsync(file, capture);
        List<string> arguments = ["-r", file, "-Y", filter, "-T", "fields", "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE"];
        foreach (var field in fields)
            arguments.AddRange(["-e", field]);

        // HOME: it would else make its folder in that of whoever runs the tests.
        var lines = new List<string>();
        using var process = new ChildProcess("tshark", arguments, scratch.Path, new Dictionary<string, string> { ["HOME"] = scratch.Path }, line =>
        {
            lock (lines)
                lines.Add(line);
        });
        Assert.Equal(0, await process.ExitAsync(Patience));
        process.Process.WaitForExit();
        lock (lines)
            return [.. lines];
    }
}
