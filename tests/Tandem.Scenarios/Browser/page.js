// Runs in the page: one JsSIP phone. Commands come by window.phone(command), events go out by window.report(event).
// The browser's media needs ICE and DTLS; what is tried here is signalling, so a stand-in takes the place of RTCPeerConnection
// and speaks plain RTP/AVP.
(() => {
  class PlainPeerConnection extends EventTarget {
    constructor() {
      super();
      this.signalingState = 'stable';
      this.iceConnectionState = 'new';
      this.iceGatheringState = 'complete';
      this.localDescription = null;
      this.remoteDescription = null;
      this.version = 0;
    }

    sdp(direction) {
      this.version += 1;
      return ['v=0', `o=- 4711 ${this.version} IN IP4 127.0.0.1`, 's=-', 'c=IN IP4 127.0.0.1', 't=0 0',
        `m=audio ${window.mediaPort} RTP/AVP 0 8 101`, 'a=rtpmap:101 telephone-event/8000', `a=${direction}`, ''].join('\r\n');
    }

    async createOffer() { return { type: 'offer', sdp: this.sdp('sendrecv') }; }

    async createAnswer() {
      const theirs = /a=(sendonly|recvonly|inactive)/.exec(this.remoteDescription.sdp)?.[1];
      return { type: 'answer', sdp: this.sdp({ sendonly: 'recvonly', recvonly: 'sendonly', inactive: 'inactive' }[theirs] ?? 'sendrecv') };
    }

    async setLocalDescription(d) {
      this.localDescription = d;
      this.signalingState = d.type === 'offer' ? 'have-local-offer' : 'stable';
    }

    async setRemoteDescription(d) {
      this.remoteDescription = d;
      this.signalingState = d.type === 'offer' ? 'have-remote-offer' : 'stable';
    }

    getSenders() { return []; }
    getReceivers() { return []; }
    addTrack() { }
    close() { this.signalingState = 'closed'; }
  }

  window.RTCPeerConnection = PlainPeerConnection;
  window.RTCSessionDescription = function description(d) { return d; };

  const report = (event, data) => window.report({ event, ...data });
  const sessions = [];
  let ua;

  const watch = (session) => {
    const number = sessions.push(session) - 1;
    const party = session.remote_identity?.uri?.user;
    for (const name of ['progress', 'accepted', 'confirmed', 'hold', 'unhold'])
      session.on(name, (e) => report(name, { call: number, originator: e?.originator }));
    session.on('ended', (e) => report('ended', { call: number, cause: e.cause, originator: e.originator }));
    session.on('failed', (e) => report('failed', { call: number, cause: e.cause, status: e.message?.status_code }));
    session.on('reinvite', (e) => report('reinvite', { call: number, direction: /a=(sendrecv|sendonly|recvonly|inactive)/.exec(e.request.body ?? '')?.[1] }));
    report('session', { call: number, originator: session.direction === 'incoming' ? 'remote' : 'local', party });
    return number;
  };

  const commands = {
    start({ url, uri, password, mediaPort }) {
      window.mediaPort = mediaPort;
      ua = new JsSIP.UA({
        sockets: [new JsSIP.WebSocketInterface(url)], uri, password, register: true, register_expires: 120,
        connection_recovery_min_interval: 1, connection_recovery_max_interval: 2, session_timers: true,
      });
      ua.on('connected', () => report('connected'));
      ua.on('disconnected', (e) => report('disconnected', { code: e?.code, reason: e?.reason }));
      ua.on('registered', () => report('registered'));
      ua.on('registrationFailed', (e) => report('registrationFailed', { cause: e.cause, status: e.response?.status_code }));
      ua.on('newRTCSession', ({ session, originator }) => { if (originator === 'remote') watch(session); });
      ua.on('newMessage', ({ originator, message, request }) => {
        if (originator === 'remote') report('message', { from: message.remote_identity.uri.user, text: request.body });
      });
      ua.start();
    },
    call({ target }) {
      watch(ua.call(target, { mediaConstraints: { audio: false, video: false } }));
    },
    answer({ call }) { sessions[call].answer({ mediaConstraints: { audio: false, video: false } }); },
    hold({ call }) { sessions[call].hold(); },
    unhold({ call }) { sessions[call].unhold(); },
    hangup({ call }) { sessions[call].terminate(); },
    transfer({ call, target, replaces }) {
      sessions[call].refer(target, {
        replaces: replaces === undefined ? undefined : sessions[replaces],
        eventHandlers: Object.fromEntries(['requestSucceeded', 'requestFailed', 'trying', 'progress', 'accepted', 'failed'].map(
          (name) => [name, (e) => report('refer', { call, step: name, status: e?.status_line?.status_code ?? e?.response?.status_code })])),
      });
    },
    message({ target, text }) {
      ua.sendMessage(target, text, {
        eventHandlers: {
          succeeded: (e) => report('messageSent', { status: e.response.status_code }),
          failed: (e) => report('messageFailed', { cause: e.cause, status: e.response?.status_code }),
        },
      });
    },
    watch({ target, event, accept }) {
      const lamp = ua.subscribe(target, event, accept, { expires: 300, params: {} });
      lamp.on('notify', (isFinal, request, body) => report('notify', { package: event, isFinal, body }));
      lamp.on('terminated', (code, reason) => report('watchEnded', { package: event, code, reason }));
      lamp.subscribe();
    },
    stop() { ua.stop(); },
  };

  window.phone = ({ command, ...rest }) => commands[command](rest);
})();
