using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Tandem.Load;

/// <summary>
/// Sessions at Tandem by plain calls from 10000 to 19999, both played here. The server must run with ENABLE_AUTH=false: what is
/// measured is the relay, not the sign-in.
/// </summary>
internal sealed partial class SipSessions : ISessionMaker
{
    private const int Plain = 19999;
    private const int Recorded = 19998;

    private readonly int _port;
    private readonly Socket _caller = Bound();
    private readonly Socket _callee = Bound();
    private readonly List<(string CallId, string Tag, string To, string Target)> _calls = [];
    private readonly int _recordedFrom;

    /// <param name="port">Of SIP.</param>
    /// <param name="recordedFrom">Calls from this number on go to 19998, which the server was told to record; the others to 19999.</param>
    public SipSessions(int port, int recordedFrom = int.MaxValue)
    {
        _port = port;
        _recordedFrom = recordedFrom;
        Register(Plain);
        if (recordedFrom != int.MaxValue)
            Register(Recorded);
    }

    private void Register(int number)
    {
        Send(_callee, $"""
            REGISTER sip:127.0.0.1:{_port} SIP/2.0
            Via: SIP/2.0/UDP {Local(_callee)};branch=z9hG4bKreg{Environment.ProcessId}x{number}
            From: <sip:{number}@127.0.0.1>;tag=reg
            To: <sip:{number}@127.0.0.1>
            Call-ID: load-register-{Environment.ProcessId}-{number}
            CSeq: 1 REGISTER
            Contact: <sip:{number}@{Local(_callee)}>
            Expires: 600
            Max-Forwards: 70
            """, "");
        Expect(_callee, "SIP/2.0 200", "REGISTER");
    }

    public (string ToCaller, string ToCallee) Make(int call, string offer, Func<string, string> answering)
    {
        var callId = $"load-{Environment.ProcessId}-{call}";
        var number = call < _recordedFrom ? Plain : Recorded;
        Send(_caller, $"""
            INVITE sip:{number}@127.0.0.1:{_port} SIP/2.0
            Via: SIP/2.0/UDP {Local(_caller)};branch=z9hG4bKi{Environment.ProcessId}x{call}
            From: <sip:10000@127.0.0.1>;tag=c{call}
            To: <sip:{number}@127.0.0.1>
            Call-ID: {callId}
            CSeq: 1 INVITE
            Contact: <sip:10000@{Local(_caller)}>
            Max-Forwards: 70
            Content-Type: application/sdp
            """, offer);

        var invite = Expect(_callee, "INVITE ", "INVITE at the callee");
        Send(_callee, $"""
            SIP/2.0 200 OK
            {string.Join("\r\n", Lines(invite, "Via", "Record-Route"))}
            {Lines(invite, "From")[0]}
            {Lines(invite, "To")[0]};tag=u{call}
            {Lines(invite, "Call-ID")[0]}
            {Lines(invite, "CSeq")[0]}
            Contact: <sip:{number}@{Local(_callee)}>
            Content-Type: application/sdp
            """, answering(invite));

        var answer = Expect(_caller, "SIP/2.0 200", "200 at the caller");
        var to = Lines(answer, "To")[0];
        var target = ContactUri().Match(Lines(answer, "Contact")[0]).Groups[1].Value;
        Send(_caller, InDialog("ACK", 1, callId, $"c{call}", to, target), "");
        Expect(_callee, "ACK ", "ACK at the callee");
        _calls.Add((callId, $"c{call}", to, target));
        return (answer, invite);
    }

    public void End()
    {
        foreach (var (callId, tag, to, target) in _calls)
        {
            Send(_caller, InDialog("BYE", 2, callId, tag, to, target), "");
            var bye = Expect(_callee, "BYE ", "BYE at the callee");
            Send(_callee, "SIP/2.0 200 OK\r\n" + string.Join("\r\n", Lines(bye, "Via", "From", "To", "Call-ID", "CSeq")), "");
            Expect(_caller, "SIP/2.0 200", "200 to BYE");
        }
    }

    public void Dispose()
    {
        _caller.Dispose();
        _callee.Dispose();
    }

    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 4000 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private static string Local(Socket socket) => socket.LocalEndPoint!.ToString()!;

    private string InDialog(string method, int cseq, string callId, string tag, string to, string target) => $"""
        {method} {target} SIP/2.0
        Via: SIP/2.0/UDP {Local(_caller)};branch=z9hG4bK{method}{callId}
        From: <sip:10000@127.0.0.1>;tag={tag}
        {to}
        Call-ID: {callId}
        CSeq: {cseq} {method}
        Max-Forwards: 70
        """;

    private void Send(Socket socket, string head, string body)
    {
        var text = $"{head.ReplaceLineEndings("\r\n")}\r\nContent-Length: {body.Length}\r\n\r\n{body}";
        socket.SendTo(Encoding.ASCII.GetBytes(text), new IPEndPoint(IPAddress.Loopback, _port));
    }

    private static string Expect(Socket socket, string start, string what)
    {
        var buffer = new byte[8192];
        try
        {
            while (true)
            {
                var text = Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer));
                if (text.StartsWith(start, StringComparison.Ordinal))
                    return text;
                if (text.StartsWith("SIP/2.0 ", StringComparison.Ordinal) && text[8] >= '3')
                    throw new InvalidDataException($"{what}: got {text.Split('\r')[0]}");
            }
        }
        catch (SocketException)
        {
            throw new TimeoutException($"no {what}");
        }
    }

    private static List<string> Lines(string message, params string[] names) =>
        [.. message.Split("\r\n").Where(line => names.Any(n => line.StartsWith(n + ":", StringComparison.OrdinalIgnoreCase)))];

    [GeneratedRegex("<([^>]+)>")]
    private static partial Regex ContactUri();
}
