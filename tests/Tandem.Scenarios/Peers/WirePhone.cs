using System.Net;
using System.Net.Sockets;
using System.Text;
using Tandem.Testing.Phones;

namespace Tandem.Scenarios.Peers;

/// <summary>A phone that is nothing but a socket and text: UDP or one TCP connection, IPv4 or IPv6.</summary>
public sealed class WirePhone : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Socket _socket;
    private readonly byte[] _received = new byte[65_536];
    private int _length;
    private int _number;

    private WirePhone(Socket socket, string number)
    {
        _socket = socket;
        Number = number;
    }

    public string Number { get; }

    public IPEndPoint Local => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>The same as the host and port of a URI.</summary>
    public string HostPort => Local.ToString();

    private string Transport => _socket.ProtocolType == ProtocolType.Udp ? "UDP" : "TCP";

    private string Server => _socket.RemoteEndPoint!.ToString()!;

    /// <summary>Connects a socket of the loopback address <paramref name="host"/> to the SIP port of the server there.</summary>
    public static async Task<WirePhone> ConnectAsync(TandemServer server, string number, ProtocolType protocol, IPAddress? host = null, int port = 0)
    {
        host ??= IPAddress.Loopback;
        var socket = new Socket(host.AddressFamily, protocol == ProtocolType.Udp ? SocketType.Dgram : SocketType.Stream, protocol);
        socket.Bind(new IPEndPoint(host, port));
        await socket.ConnectAsync(host, server.SipPort);
        return new WirePhone(socket, number);
    }

    /// <summary>Sends a request and, when it is challenged, sends it again with credentials; the result is the last final response.</summary>
    /// <param name="toTag">With its name and semicolon; empty outside a dialog.</param>
    /// <param name="first">The first CSeq.</param>
    public async Task<WireMessage> AskAsync(string method, string to, string headers = "", string sdp = "", string? callId = null, string toTag = "", int first = 1)
    {
        callId ??= Guid.NewGuid().ToString("N");
        var uri = method == "REGISTER" ? $"sip:{Server}" : $"sip:{to}@{Server}";
        var credentials = "";
        for (var cseq = first; ; cseq++)
        {
            var branch = $"z9hG4bK{callId}{cseq}";
            var top = $"Via: SIP/2.0/{Transport} {HostPort};branch={branch};rport\r\nMax-Forwards: 70\r\nFrom: <sip:{Number}@{Server}>;tag={callId}\r\n";
            await SendAsync($"{method} {uri} SIP/2.0\r\n{top}To: <sip:{to}@{Server}>{toTag}\r\nCall-ID: {callId}\r\nCSeq: {cseq} {method}\r\n{headers}{credentials}", sdp);
            var answer = await ExpectAsync(m => !m.IsRequest && m.Status >= 200 && m.Method == method && m.CallId == callId && m.CSeq == cseq, $"a response to {method}");
            if (method == "INVITE" && answer.Status >= 300)
                await SendAsync($"ACK {uri} SIP/2.0\r\n{top}To: {answer["To"]}\r\nCall-ID: {callId}\r\nCSeq: {cseq} ACK\r\n");
            if (answer.Status is not (401 or 407) || cseq > first)
                return answer;

            credentials = DigestAnswer.Header(answer, method, uri, Number, TandemServer.Secret) + "\r\n";
        }
    }

    /// <summary>Registers a contact at this socket; anything but 200 fails.</summary>
    /// <param name="parameters">Parameters of the Contact, with their semicolons.</param>
    /// <param name="headers">Further header lines.</param>
    public async Task<WireMessage> RegisterAsync(string parameters = "", string headers = "")
    {
        var answer = await AskAsync("REGISTER", Number, Contact(parameters) + "Expires: 600\r\n" + headers);
        Assert.True(answer.Status == 200, answer.ToString());
        return answer;
    }

    /// <summary>A Contact line of this socket.</summary>
    public string Contact(string parameters = "") =>
        $"Contact: <sip:{Number}@{HostPort}{(Transport == "TCP" ? ";transport=tcp" : "")}>{parameters}\r\n";

    /// <summary>Acknowledges the 2xx of an INVITE, with the answer where the offer came in it.</summary>
    public Task AcknowledgeAsync(WireMessage answer, string sdp = "") =>
        SendInDialogAsync(answer, "ACK", answer.CSeq, sdp.Length > 0 ? "Content-Type: application/sdp\r\n" : "", sdp);

    /// <summary>Sends a request in the call that a 2xx made and returns its final answer.</summary>
    public async Task<WireMessage> AskInDialogAsync(WireMessage answer, string method, int cseq, string headers = "", string body = "")
    {
        await SendInDialogAsync(answer, method, cseq, headers, body);
        return await ExpectAsync(m => !m.IsRequest && m.Method == method && m.CSeq == cseq && m.Status >= 200, $"an answer to {method}");
    }

    /// <summary>The same for who was called.</summary>
    /// <param name="invite">The INVITE that he has answered.</param>
    public async Task<WireMessage> AskAsCalleeAsync(WireMessage invite, string method, int cseq, string headers = "", string body = "")
    {
        await SendAsync(Encoding.UTF8.GetBytes(
            $"{method} {invite.ContactUri} SIP/2.0\r\nVia: SIP/2.0/{Transport} {HostPort};branch=z9hG4bK{invite.CallId}c{++_number};rport\r\nMax-Forwards: 70\r\n"
            + $"From: {invite["To"]};tag=t{Local.Port}\r\nTo: {invite["From"]}\r\nCall-ID: {invite.CallId}\r\nCSeq: {cseq} {method}\r\n{headers}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"));
        return await ExpectAsync(m => !m.IsRequest && m.Method == method && m.CSeq == cseq && m.Status >= 200, $"an answer to {method}");
    }

    /// <summary>Gives up an INVITE that was sent last under this Call-ID.</summary>
    public Task CancelAsync(string to, string callId, int cseq) => SendAsync(Encoding.UTF8.GetBytes(
        $"CANCEL sip:{to}@{Server} SIP/2.0\r\nVia: SIP/2.0/{Transport} {HostPort};branch=z9hG4bK{callId}{cseq};rport\r\nMax-Forwards: 70\r\n"
        + $"From: <sip:{Number}@{Server}>;tag={callId}\r\nTo: <sip:{to}@{Server}>\r\nCall-ID: {callId}\r\nCSeq: {cseq} CANCEL\r\nContent-Length: 0\r\n\r\n"));

    /// <summary>The next response to a method, provisional ones included.</summary>
    public Task<WireMessage> ExpectAnswerAsync(string method) => ExpectAsync(m => !m.IsRequest && m.Method == method, $"a response to {method}");

    /// <summary>Answers another INVITE's challenge than <see cref="AskAsync"/> does: the credentials of this phone for a request.</summary>
    public string Credentials(WireMessage challenge, string method, string uri) => DigestAnswer.Header(challenge, method, uri, Number, TandemServer.Secret) + "\r\n";

    /// <summary>Ends the call that a 2xx made, and waits until that is answered.</summary>
    public async Task HangUpAsync(WireMessage answer)
    {
        await SendInDialogAsync(answer, "BYE", answer.CSeq + 100);
        await ExpectAsync(m => !m.IsRequest && m.Method == "BYE" && m.Status == 200, "200 to BYE");
    }

    /// <summary>Sends an INFO in the call that a 2xx made, and waits until it is answered with 200.</summary>
    public async Task InformAsync(WireMessage answer, int cseq, string type, string body)
    {
        await SendInDialogAsync(answer, "INFO", cseq, $"Content-Type: {type}\r\n", body);
        await ExpectAsync(m => !m.IsRequest && m.Method == "INFO" && m.CSeq == cseq && m.Status == 200, "200 to INFO");
    }

    /// <summary>Answers a request.</summary>
    public Task ReplyAsync(WireMessage request, int status, string sdp = "")
    {
        var reply = new StringBuilder($"SIP/2.0 {status} Scenario\r\n");
        foreach (var (name, value) in request.Headers)
        {
            if (name is "Via" or "From" or "Call-ID" or "CSeq" or "Record-Route")
                reply.Append($"{name}: {value}\r\n");
        }

        reply.Append($"To: {request["To"]}{(request.ToTag.Length == 0 ? $";tag=t{Local.Port}" : "")}\r\n{Contact()}");
        return SendAsync(reply.ToString(), sdp);
    }

    /// <summary>The next request of that method; what else comes is dropped.</summary>
    public Task<WireMessage> ExpectAsync(string method) => ExpectAsync(m => m.IsRequest && m.Method == method, method);

    /// <summary>Sends bytes that are no SIP message.</summary>
    public Task SendAsync(byte[] bytes) => _socket.SendAsync(bytes);

    /// <summary>The next datagram, whatever it is.</summary>
    public async Task<byte[]> ReceiveAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        return _received[..await _socket.ReceiveAsync(_received.AsMemory(), patience.Token)];
    }

    /// <summary>Breaks the connection off, as a phone that lost its power and came back does: by a reset.</summary>
    public void Cut()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();

    private Task SendInDialogAsync(WireMessage answer, string method, int cseq, string headers = "", string body = "") => SendAsync(Encoding.UTF8.GetBytes(
        $"{method} {answer.ContactUri} SIP/2.0\r\nVia: SIP/2.0/{Transport} {HostPort};branch=z9hG4bK{answer.CallId}x{++_number};rport\r\nMax-Forwards: 70\r\n"
        + $"From: {answer["From"]}\r\nTo: {answer["To"]}\r\nCall-ID: {answer.CallId}\r\nCSeq: {cseq} {method}\r\n{headers}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"));

    private Task SendAsync(string head, string sdp = "") => SendAsync(Encoding.UTF8.GetBytes(
        head + (sdp.Length > 0 ? "Content-Type: application/sdp\r\n" : "") + $"Content-Length: {Encoding.UTF8.GetByteCount(sdp)}\r\n\r\n" + sdp));

    private async Task<WireMessage> ExpectAsync(Func<WireMessage, bool> accept, string what)
    {
        using var patience = new CancellationTokenSource(Patience);
        var seen = new StringBuilder();
        try
        {
            while (true)
            {
                var message = await NextAsync(patience.Token);
                if (accept(message))
                    return message;
                seen.AppendLine(message.StartLine);
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{Number} at {HostPort} waited in vain for {what}; it got:\n{seen}");
        }
    }

    // A datagram is a message; in a stream the Content-Length tells where one ends.
    private async Task<WireMessage> NextAsync(CancellationToken cancellation)
    {
        if (_socket.ProtocolType == ProtocolType.Udp)
            return WireMessage.Parse(_received.AsSpan(0, await _socket.ReceiveAsync(_received.AsMemory(), cancellation)));

        while (true)
        {
            var head = _received.AsSpan(0, _length).IndexOf("\r\n\r\n"u8);
            if (head >= 0)
            {
                var text = Encoding.UTF8.GetString(_received, 0, head);
                var at = text.IndexOf("Content-Length:", StringComparison.OrdinalIgnoreCase) + "Content-Length:".Length;
                var end = head + 4 + int.Parse(text[at..].Split("\r\n")[0].Trim());
                if (_length >= end)
                {
                    var message = WireMessage.Parse(_received.AsSpan(0, end));
                    _received.AsSpan(end, _length - end).CopyTo(_received);
                    _length -= end;
                    return message;
                }
            }

            var count = await _socket.ReceiveAsync(_received.AsMemory(_length), cancellation);
            if (count == 0)
                throw new IOException($"the server closed the connection of {Number}");
            _length += count;
        }
    }
}
