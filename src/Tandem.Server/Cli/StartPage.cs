using System.Globalization;
using Tandem.Server.Hosting;

namespace Tandem.Server.Cli;

/// <summary>What <c>serve</c> prints when it is ready: where things are and how to place the first call.</summary>
public static class StartPage
{
    public static void Write(StartReport report, string program, TextWriter output)
    {
        var host = report.Address.Contains(':', StringComparison.Ordinal) ? $"[{report.Address}]" : report.Address;
        var sip = report.SipPort == 5060 ? host : string.Create(CultureInfo.InvariantCulture, $"{host}:{report.SipPort}");

        output.WriteLine();
        output.WriteLine($"Tandem {report.Version} is ready ({report.Environment.ToLowerInvariant()}).");
        output.WriteLine();
        Line(output, "API", string.Create(CultureInfo.InvariantCulture, $"http://{host}:{report.HttpPort}/api/calls    health: http://{host}:{report.HttpPort}/health"));
        if (report.FirstPassword is { } password)
        {
            Line(output, "First login", $"admin / {password.Reveal()}");
            Line(output, "", $"shown only this once; `{program} admin reset-password` makes a new one");
        }

        Line(output, "SIP", string.Create(
            CultureInfo.InvariantCulture, $"{host}:{report.SipPort}, UDP and TCP{(report.SipsPort is { } sips ? $"; TLS: {host}:{sips}" : "")}"));
        Line(output, "", string.Create(
            CultureInfo.InvariantCulture, $"WebSocket: ws://{host}:{report.HttpPort}/sip{(report.HttpsPort is { } https ? $", wss://{host}:{https}/sip" : "")}"));
        if (report.IsSelfSigned && (report.SipsPort ?? report.HttpsPort) is not null)
        {
            Line(output, "Certificate", $"self-signed: phones and browsers must be told to trust {report.Certificate},");
            Line(output, "", $"SHA-256 {report.CertificateFingerprint}; TLS_CERT and TLS_KEY name a better one");
        }

        Line(output, "Extensions", report.AuthenticationEnabled
            ? $"{report.ExtMin} to {report.ExtMax}; their secrets: {program} extensions list --secrets"
            : $"{report.ExtMin} to {report.ExtMax}, without secrets (ENABLE_AUTH=false)");
        Line(output, "First call", $"two softphones, users {report.ExtMin} and {Second(report)}, each with its secret, server {sip}; dial {Second(report)} from {report.ExtMin}");
        Line(output, "", report.AuthenticationEnabled
            ? $"baresip: <sip:{report.ExtMin}@{sip}>;auth_pass=SECRET"
            : $"baresip: <sip:{report.ExtMin}@{sip}>");
        Line(output, "Data", report.Database);
        Line(output, "Log", report.LogFile);
        output.WriteLine();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Ctrl-C stops it: calls in progress have {report.DrainGrace.TotalSeconds:0.###} s to end."));
        output.WriteLine();
        output.Flush();
    }

    private static void Line(TextWriter output, string label, string text) => output.WriteLine($"  {label,-12} {text}");

    private static string Second(StartReport report)
    {
        var first = int.Parse(report.ExtMin, CultureInfo.InvariantCulture);
        return Math.Min(first + 1, int.Parse(report.ExtMax, CultureInfo.InvariantCulture)).ToString(CultureInfo.InvariantCulture);
    }
}
