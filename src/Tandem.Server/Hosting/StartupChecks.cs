using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Tandem.Calls.Security.Toll;
using Tandem.Server.Certificates;
using Tandem.Server.Options;
using Tandem.Storage.Database;

namespace Tandem.Server.Hosting;

/// <summary>Tries what a start needs, without starting.</summary>
public static class StartupChecks
{
    private const string SqliteLibrary = "libsqlite3.so.0";

    /// <summary>One line for each thing that would stop a start.</summary>
    public static IEnumerable<string> Run(TandemOptions options)
    {
        var server = options.Server;
        foreach (var problem in SipProblems(server))
            yield return problem;

        if (MediaProblem(options) is { } media)
            yield return media;

        if (TryBind(server.ApiHost, server.ApiPort, SocketType.Stream, ProtocolType.Tcp) is { } http)
            yield return PortProblem("API_PORT", server.ApiHost, server.ApiPort, "TCP", http);

        if (CertificateChecks.Problem(options) is { } certificate)
            yield return certificate;

        if (RtpProblem(server) is { } rtp)
            yield return rtp;

        if (TryWriteFolder(options.Server.DataDirectory) is { } data)
            yield return $"DATA_DIR={options.Server.DataDirectory} cannot be written: {data}";

        if (options.Log.File != "-" && TryWriteFolder(Path.GetDirectoryName(Path.GetFullPath(options.Log.File))!) is { } log)
            yield return $"LOG_FILE={options.Log.File} cannot be written: {log}";

        if (options.Server.PostgresUrl is null && !HasSqlite())
            yield return $"{SqliteLibrary} is missing: apt-get install libsqlite3-0 (or set POSTGRES_URL)";
        else if (TandemDatabase.Probe(options.Storage) is { } database)
            yield return database;
    }

    /// <summary>Values of the media and of what is played that each are accepted and do not work together; null when all do.</summary>
    public static string? MediaProblem(TandemOptions options) => options.Media.Problem() ?? options.Playback.Problem();

    /// <summary>One line for each thing that an operator should know at every start.</summary>
    public static IEnumerable<string> Warnings(TandemOptions options)
    {
        if (!options.Server.EnableAuth)
            yield return "ENABLE_AUTH=false: whoever reaches the SIP port can register any extension and call. For a closed lab only";

        foreach (var code in new TollRules().AlwaysAllowed)
        {
            if (int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= options.Calls.FirstExtension && number <= options.Calls.LastExtension)
                yield return $"EXT_MIN..EXT_MAX holds {code}: who dials it gets help and not that extension; choose a range without it";
        }

        if (options.Server.IsProduction && options.Http.CorsOrigins.Contains("*"))
            yield return "CORS_ORIGINS=*: any web page may call the API; name the origins in production";

        if (options.Server.IsProduction && options.Http.SipOrigins.Contains("*"))
            yield return "SIP_WS_ORIGINS=*: any web page may speak SIP over WebSocket; name the origins in production";
    }

    /// <summary>What keeps the optional ports from being served; a start goes on without them.</summary>
    public static IEnumerable<string> OptionalPorts(ServerOptions server)
    {
        if (server.SipsPort > 0 && TryBind(server.SipHost, server.SipsPort, SocketType.Stream, ProtocolType.Tcp) is { } sips)
            yield return PortProblem("SIPS_PORT", server.SipHost, server.SipsPort, "TCP", sips);

        if (HttpsProblem(server) is { } https)
            yield return https;
    }

    /// <summary>The line for an HTTPS port that cannot be had; null when it can.</summary>
    public static string? HttpsProblem(ServerOptions server) =>
        server.HttpsPort > 0 && TryBind(server.ApiHost, server.HttpsPort, SocketType.Stream, ProtocolType.Tcp) is { } error
            ? PortProblem("HTTPS_PORT", server.ApiHost, server.HttpsPort, "TCP", error)
            : null;

    /// <summary>The line for an RTP_HOST that is none of ours; null when it is. Ports are taken one by one, so a taken one is no problem.</summary>
    public static string? RtpProblem(ServerOptions server) =>
        TryBind(server.RtpHost, 0, SocketType.Dgram, ProtocolType.Udp) is null ? null : $"RTP_HOST={server.RtpHost} is not an address of this machine";

    /// <summary>The line for SIP sockets that could not be bound; <paramref name="error"/> is what was seen.</summary>
    public static string SipProblem(ServerOptions server, SocketError error) =>
        SipProblems(server).FirstOrDefault() ?? PortProblem("SIP_PORT", server.SipHost, server.SipPort, "SIP", error);

    /// <summary>The line for a port that cannot be had.</summary>
    public static string PortProblem(string setting, string host, int port, string protocol, SocketError error) => error switch
    {
        SocketError.AddressAlreadyInUse => $"{setting}={port}: {protocol} port {port} is in use by another program; end it or choose another port",
        SocketError.AccessDenied => $"{setting}={port}: no right to open {protocol} port {port} (ports below 1024 need it)",
        SocketError.AddressNotAvailable => $"{setting.Replace("_PORT", "_HOST", StringComparison.Ordinal)}={host} is not an address of this machine",
        _ => $"{setting}={port}: {protocol} port {port} cannot be opened: {error}",
    };

    private static IEnumerable<string> SipProblems(ServerOptions server)
    {
        if (TryBind(server.SipHost, server.SipPort, SocketType.Dgram, ProtocolType.Udp) is { } udp)
            yield return PortProblem("SIP_PORT", server.SipHost, server.SipPort, "UDP", udp);

        if (TryBind(server.SipHost, server.SipPort, SocketType.Stream, ProtocolType.Tcp) is { } tcp)
            yield return PortProblem("SIP_PORT", server.SipHost, server.SipPort, "TCP", tcp);
    }

    private static SocketError? TryBind(string host, int port, SocketType type, ProtocolType protocol)
    {
        var address = IPAddress.Parse(host);
        try
        {
            using var socket = new Socket(address.AddressFamily, type, protocol);
            if (type == SocketType.Stream)
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);

            socket.Bind(new IPEndPoint(address, port));
            if (type == SocketType.Stream)
                socket.Listen(1);

            return null;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode;
        }
    }

    private static string? TryWriteFolder(string folder)
    {
        try
        {
            // A folder that is not there yet is made by the start; its nearest parent must let us.
            var existing = Path.GetFullPath(folder);
            while (!Directory.Exists(existing) && Path.GetDirectoryName(existing) is { } parent)
            {
                if (File.Exists(existing))
                    return $"{existing} is a file";

                existing = parent;
            }

            var probe = Path.Combine(existing, $".tandem-{Guid.NewGuid():N}");
            using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
            {
            }

            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private static bool HasSqlite()
    {
        if (!NativeLibrary.TryLoad(SqliteLibrary, out var handle) && !NativeLibrary.TryLoad("sqlite3", out handle))
            return false;

        NativeLibrary.Free(handle);
        return true;
    }
}
